package dev.gatun.runtime.session;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/**
 * A value that passes from one slice to a later one in each run: copied from buffer to buffer, or,
 * when its size is not that of the batch's token arrays, handed over as a tensor, from which the
 * later slice learns the size. The size may be one that only the data told the earlier slice.
 */
final class Crossing implements AutoCloseable {
  private final ValueType type;
  private final ExecutableSession producer;
  private final Value output;
  private final Buffer from;
  private final Buffer to;

  private final String name;
  private Optional<HostBuffer> staging = Optional.empty();

  /**
   * @param output the value in the earlier slice, which {@code producer} runs
   * @param to the later slice's buffer for it
   */
  Crossing(Value input, ExecutableSession producer, Value output, Buffer to) {
    name = input.name();
    type = input.type();
    this.producer = producer;
    this.output = output;
    from = producer.buffer(output);
    this.to = to;
  }

  /** Whether the later slice can know the value's size only from a tensor. */
  static boolean needsTensor(Value input) {
    return input.type().dims().stream().anyMatch(dim -> !isKnown(dim));
  }

  private static boolean isKnown(Dim dim) {
    return switch (dim) {
      case Dim.Fixed _ -> true;
      case Dim.Symbol symbol ->
          symbol.name().equals(Batch.TOKENS) || symbol.name().equals(Batch.ROWS);
      case Dim.Affine affine -> affine.terms().stream().allMatch(term -> isKnown(term.symbol()));
    };
  }

  /** Names the value in a batch; the producer is done. Valid until the next call. */
  void hand(Batch batch) {
    Shape shape = producer.shape(output);
    long bytes = type.dtype().byteSize(shape.elements());
    // A size that depends on data may have moved it since the last run.
    Buffer now = producer.buffer(output);
    MemorySegment memory;
    if (now.hostView().isPresent()) {
      memory = now.hostView().get();
    } else {
      if (staging.isEmpty() || staging.get().size() < bytes) {
        staging.ifPresent(HostBuffer::close);
        staging = Optional.of(HostBuffer.allocate(now.device(), bytes));
      }
      memory = staging.get().hostView().orElseThrow();
      now.read(0, memory.asSlice(0, bytes)).await();
    }
    batch.set(name, new Tensor(type.dtype(), shape, memory.asSlice(0, bytes)));
  }

  @Override
  public void close() {
    staging.ifPresent(HostBuffer::close);
  }

  /** Copies the bytes that the current sizes give; the producer is done. */
  void carry(Map<String, Long> sizes) {
    long bytes = type.dtype().byteSize(type.resolve(sizes).elements());
    Optional<MemorySegment> source = from.hostView();
    Optional<MemorySegment> target = to.hostView();
    if (source.isPresent()) {
      to.write(0, source.get().asSlice(0, bytes)).await();
    } else if (target.isPresent()) {
      from.read(0, target.get().asSlice(0, bytes)).await();
    } else {
      try (HostBuffer staging = HostBuffer.allocate(from.device(), bytes)) {
        MemorySegment memory = staging.hostView().orElseThrow().asSlice(0, bytes);
        from.read(0, memory).await();
        to.write(0, memory).await();
      }
    }
  }
}
