package dev.gatun.quantize.convert;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model as it will be after its conversion, converted row by row when it is read: for what reads
 * GGUF models, such as the quantizer. Thread-safe.
 */
final class ConvertedSource implements ModelSource {
  private final String name;
  private final List<Path> files;
  private final Metadata metadata;
  private final NumberSource numbers;
  private final Map<String, PlannedTensor> planned = new LinkedHashMap<>();
  private final Map<String, Tensor> computed = new LinkedHashMap<>();
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();

  ConvertedSource(
      String name,
      List<Path> files,
      Metadata metadata,
      NumberSource numbers,
      Iterable<PlannedTensor> tensors) {
    this.name = name;
    this.files = List.copyOf(files);
    this.metadata = metadata;
    this.numbers = numbers;
    for (PlannedTensor tensor : tensors) {
      planned.put(tensor.name(), tensor);
      infos.put(tensor.name(), new TensorInfo(tensor.name(), tensor.type(), tensor.shape()));
    }
  }

  /** Adds a tensor that is in no file. */
  void add(String tensor, Tensor content) {
    computed.put(tensor, content);
    infos.put(tensor, new TensorInfo(tensor, content.dtype(), content.shape()));
  }

  /** The files that tensors are read from. */
  List<Path> files() {
    return files;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Metadata metadata() {
    return metadata;
  }

  @Override
  public Set<String> tensorNames() {
    return Collections.unmodifiableSet(infos.keySet());
  }

  @Override
  public Optional<TensorInfo> info(String tensor) {
    return Optional.ofNullable(infos.get(tensor));
  }

  /** A copy of the whole tensor on the heap. */
  @Override
  public Optional<Tensor> tensor(String tensor) {
    if (!infos.containsKey(tensor)) {
      return Optional.empty();
    }
    Shape shape = infos.get(tensor).shape();
    long rows = shape.rowLength() == 0 ? 0 : shape.elements() / shape.rowLength();
    return Optional.of(rows(tensor, 0, rows, Arena.ofAuto()).reshape(shape));
  }

  @Override
  public Tensor rows(String tensor, long first, long count, Arena arena) {
    PlannedTensor plan = planned.get(tensor);
    if (plan == null) {
      Tensor content = computed.get(tensor);
      if (content == null) {
        throw new IllegalArgumentException("no tensor '" + tensor + "' in " + name);
      }
      return content.reshape(Shape.of(1, content.shape().elements()));
    }
    long length = plan.shape().rowLength();
    Shape shape = Shape.of(count, length);
    MemorySegment data = arena.allocate(plan.type().byteSize(shape.elements()), 64);
    long[] at = {0};
    try {
      new TensorStream(numbers, bytes -> {})
          .write(
              plan,
              first * length,
              count * length,
              piece -> {
                MemorySegment.copy(piece, 0, data, at[0], piece.byteSize());
                at[0] += piece.byteSize();
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Tensor(plan.type(), shape, data);
  }

  /** The files belong to whoever opened them. */
  @Override
  public void close() {}
}
