package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Where a value is that the host looks at, or whose sizes it asks for.
 *
 * @param at null for a constant and for an absent input
 * @param constant null for what is computed
 */
public record Place(Operand at, Tensor constant, DType dtype, List<Extent> dims) {
  public Place {
    dims = List.copyOf(dims);
  }

  /** Whether there is such a value. */
  public boolean isPresent() {
    return at != null || constant != null;
  }

  /** That of a node's input. */
  static Place of(GpuLowering lowering, Value value) {
    DType dtype = value.type().dtype();
    if (value.isAbsent()) {
      return new Place(null, null, dtype, List.of());
    }
    List<Extent> dims = lowering.dims(value.type());
    Optional<Tensor> constant = lowering.views().constant(value);
    return constant.isPresent()
        ? new Place(null, constant.get(), dtype, dims)
        : new Place(lowering.moved(value), null, dtype, dims);
  }
}
