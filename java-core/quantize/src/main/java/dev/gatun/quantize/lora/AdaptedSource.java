package dev.gatun.quantize.lora;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model with adapters added to its weights, computed when rows are read: {@code W + alpha / rank
 * * B A} in single precision. The weights that change are F32; all others are those of the model.
 * Thread-safe.
 */
public final class AdaptedSource implements ModelSource {
  private final ModelSource base;
  private final List<LoraAdapter> adapters;

  private AdaptedSource(ModelSource base, List<LoraAdapter> adapters) {
    this.base = base;
    this.adapters = List.copyOf(adapters);
  }

  /**
   * Adds adapters to a model, which stays open as long as this is used.
   *
   * @param allowQuantized whether weights that change may be of a block format
   * @throws GatunException when an adapter was made for another model, or a weight that changes is
   *     quantized already
   */
  public static AdaptedSource of(
      ModelSource base, List<LoraAdapter> adapters, boolean allowQuantized) {
    for (LoraAdapter adapter : adapters) {
      adapter.requireFor(base);
      for (String weight : adapter.weights()) {
        DType stored = base.info(weight).orElseThrow().dtype();
        if (stored.isBlocked() && !allowQuantized) {
          throw new GatunException(
              GatunException.Kind.MODEL,
              "tensor '%s', to which an adapter is added, is %s already; take an F16, BF16 or F32 model, or insist with --allow-requantize"
                  .formatted(weight, stored));
        }
      }
    }
    return new AdaptedSource(base, adapters);
  }

  private boolean changed(String tensor) {
    return adapters.stream().anyMatch(adapter -> adapter.weights().contains(tensor));
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public Metadata metadata() {
    return base.metadata();
  }

  @Override
  public Set<String> tensorNames() {
    return base.tensorNames();
  }

  @Override
  public Optional<TensorInfo> info(String tensor) {
    return base.info(tensor)
        .map(info -> changed(tensor) ? new TensorInfo(tensor, DType.F32, info.shape()) : info);
  }

  @Override
  public Optional<Tensor> tensor(String tensor) {
    if (!changed(tensor)) {
      return base.tensor(tensor);
    }
    Shape shape = base.info(tensor).orElseThrow().shape();
    return Optional.of(rows(tensor, 0, shape.dim(0), Arena.ofAuto()).reshape(shape));
  }

  @Override
  public Tensor rows(String tensor, long first, long count, Arena arena) {
    Tensor stored = base.rows(tensor, first, count, arena);
    if (!changed(tensor)) {
      return stored;
    }
    Shape shape = stored.shape();
    int columns = Math.toIntExact(shape.rowLength());
    MemorySegment data = arena.allocate(DType.F32.byteSize(shape.elements()), Float.BYTES);
    float[] values = new float[columns];
    for (int row = 0; row < count; row++) {
      stored.decodeRow(row, values, 0);
      for (LoraAdapter adapter : adapters) {
        if (adapter.weights().contains(tensor)) {
          adapter.delta(tensor).addRow(Math.toIntExact(first + row), values);
        }
      }
      MemorySegment.copy(
          values, 0, data, Tensor.F32_LE, (long) row * columns * Float.BYTES, columns);
    }
    return new Tensor(DType.F32, shape, data);
  }

  /** Does nothing: the model belongs to whoever opened it. */
  @Override
  public void close() {}
}
