package dev.gatun.openvinobackend;

import dev.gatun.engine.compiled.Span;
import dev.gatun.engine.compiled.SpanOutput;
import dev.gatun.engine.compiled.Staging;
import dev.gatun.graph.Bindings;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.openvino.ElementType;
import dev.gatun.openvino.InferRequest;
import dev.gatun.openvino.NativeTensor;
import dev.gatun.openvino.OpenVino;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * One output of a session. Where the batch runs as a whole, sizes are known before the run and the
 * buffer lies in host memory, OpenVINO writes into it; else results are copied.
 */
final class OutputSink implements AutoCloseable {
  private final Value value;
  private final OpenVino library;
  private final ElementType type;
  private final Staging staging = new Staging();
  private boolean copied;
  private NativeTensor tensor;
  private long address;
  private long[] shape = {};
  private Optional<Shape> last = Optional.empty();

  OutputSink(Value value, OpenVino library) {
    this.value = value;
    this.library = library;
    type = ElementTypes.of(value.type().dtype());
  }

  Value value() {
    return value;
  }

  /** Shape in the last run. */
  Optional<Shape> shape() {
    return last;
  }

  /**
   * The tensor to write to, over the buffer or over memory from which {@link #take} copies; empty
   * where only the run knows the size.
   */
  Optional<NativeTensor> target(Span span, Bindings sizes, Buffer buffer) {
    Optional<Shape> known = resolved(sizes);
    if (known.isEmpty()) {
      copied = true;
      return Optional.empty();
    }
    long bytes = value.type().dtype().byteSize(known.get().elements());
    boolean host = buffer.hostView().isPresent() && buffer.hostView().get().isNative();
    copied = !span.isWhole() || !host;
    if (!copied) {
      SpanOutput.requireSize(value, buffer, bytes);
      last = known;
    }
    MemorySegment memory = copied ? staging.room(bytes) : buffer.hostView().get();
    return Optional.of(over(known.get().toArray(), memory));
  }

  /** Whether the results of the run are still to be copied. */
  boolean isCopied() {
    return copied;
  }

  private Optional<Shape> resolved(Bindings sizes) {
    try {
      return Optional.of(sizes.shape(value.type()));
    } catch (GraphException e) {
      // A size that the data decide.
      return Optional.empty();
    }
  }

  private NativeTensor over(long[] dims, MemorySegment memory) {
    if (tensor == null || address != memory.address() || !Arrays.equals(shape, dims)) {
      NativeTensor made = library.tensor(type, dims, memory);
      if (tensor != null) {
        tensor.close();
      }
      tensor = made;
      address = memory.address();
      shape = dims;
    }
    return tensor;
  }

  /**
   * Copies what a run gave.
   *
   * @param whole the batch, of which {@code span} is a part
   */
  void take(InferRequest request, int index, Batch whole, Span span, Buffer buffer) {
    try (NativeTensor result = request.output(index)) {
      MemorySegment data = result.data();
      Shape own = Shape.of(result.shape());
      last = Optional.of(SpanOutput.put(value, own, data, whole, span, buffer));
    }
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
    }
    staging.close();
  }
}
