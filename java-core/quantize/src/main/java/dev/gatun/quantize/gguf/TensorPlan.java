package dev.gatun.quantize.gguf;

import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.quantize.mix.TypeChoice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;

/**
 * What becomes of one tensor.
 *
 * @param source as it is stored
 * @param name as it will be called
 * @param choice the type that it will have
 */
public record TensorPlan(TensorInfo source, String name, TypeChoice choice) {
  /** As it will be stored. */
  public TensorInfo target() {
    return new TensorInfo(name, type(), source.shape());
  }

  /** The type that it will have. */
  public DType type() {
    return choice.type();
  }

  /** Whether its bytes stay as they are. */
  public boolean copied() {
    return type() == source.dtype();
  }

  /** Bytes now. */
  public long sourceBytes() {
    return source.dtype().byteSize(source.shape().elements());
  }

  /** Bytes then. */
  public long targetBytes() {
    return type().byteSize(source.shape().elements());
  }

  long rows() {
    return source.shape().elements() / source.shape().rowLength();
  }

  /** Rows that share one vector of importances. */
  long rowsPerMatrix() {
    Shape shape = source.shape();
    return shape.rank() < 2 ? 1 : shape.dim(shape.rank() - 2);
  }

  /** Importances that there are for it: one for each column of each matrix. */
  long importanceLength() {
    return rows() / rowsPerMatrix() * source.shape().rowLength();
  }
}
