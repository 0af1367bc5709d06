package dev.gatun.models.arch;

import dev.gatun.graph.FixedMetadata;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A model whose metadata and tensors a test can change; the original is borrowed. */
final class EditedSource implements ModelSource {
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final String name;

  EditedSource(ModelSource original) {
    name = original.name();
    Metadata metadata = original.metadata();
    for (String key : metadata.keys()) {
      values.put(key, metadata.value(key).orElseThrow());
    }
    for (String tensor : original.tensorNames()) {
      tensors.put(tensor, original.tensor(tensor).orElseThrow());
    }
  }

  /** Sets a key: Long, Double, Boolean, String or an array of those; null removes it. */
  EditedSource set(String key, Object value) {
    if (value == null) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
    return this;
  }

  /** Sets a tensor; null removes it. */
  EditedSource tensor(String tensor, Tensor value) {
    if (value == null) {
      tensors.remove(tensor);
    } else {
      tensors.put(tensor, value);
    }
    return this;
  }

  /** A tensor of this type and shape, all bytes 0. */
  static Tensor zeros(DType dtype, long... dims) {
    Shape shape = Shape.of(dims);
    byte[] bytes = new byte[Math.toIntExact(dtype.byteSize(shape.elements()))];
    return new Tensor(dtype, shape, MemorySegment.ofArray(bytes));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<String> tensorNames() {
    return tensors.keySet();
  }

  @Override
  public Optional<TensorInfo> info(String tensor) {
    return tensor(tensor).map(data -> new TensorInfo(tensor, data.dtype(), data.shape()));
  }

  @Override
  public Optional<Tensor> tensor(String tensor) {
    return Optional.ofNullable(tensors.get(tensor));
  }

  @Override
  public void withTensor(String tensor, Consumer<Tensor> action) {
    action.accept(tensor(tensor).orElseThrow());
  }

  @Override
  public void close() {}

  @Override
  public Metadata metadata() {
    return new FixedMetadata(values);
  }
}
