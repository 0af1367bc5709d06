package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.List;

/** What a name of the model stands for while it is imported. */
sealed interface Imported {
  /** A value of the graph. */
  record Computed(Value value) implements Imported {}

  /** Numbers of the file; they become a constant of the graph where one is needed. */
  record Known(Tensor tensor) implements Imported {}

  /**
   * Integers that say sizes: what ONNX computes with Shape, Gather, Concat and the like, and then
   * gives to Reshape. Extents are symbols here, so nothing of it is left in the graph.
   *
   * @param scalar whether it is one number without dimensions
   * @param dtype I64 or I32
   */
  record Sizes(List<Size> sizes, boolean scalar, DType dtype) implements Imported {
    public Sizes {
      sizes = List.copyOf(sizes);
    }

    /** Of dtype I64. */
    Sizes(List<Size> sizes, boolean scalar) {
      this(sizes, scalar, DType.I64);
    }

    /** Others of the same dtype. */
    Sizes with(List<Size> others, boolean one) {
      return new Sizes(others, one, dtype);
    }
  }

  /** One integer. */
  sealed interface Size {
    /** A number. */
    record Whole(long number) implements Size {}

    /** An extent with symbols. */
    record Extent(Dim dim) implements Size {}

    static Size of(Dim dim) {
      return dim instanceof Dim.Fixed(long size) ? new Whole(size) : new Extent(dim);
    }
  }
}
