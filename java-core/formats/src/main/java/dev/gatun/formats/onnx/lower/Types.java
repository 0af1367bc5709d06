package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.formats.onnx.OnnxValueInfo.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Element types and shapes in ONNX's words. */
final class Types {
  private Types() {}

  /** Number of an element type. */
  static int number(DType dtype) {
    return ElementTypes.number(dtype);
  }

  /** Name and type of a value. Open extents keep the names of their symbols. */
  static OnnxValueInfo info(String name, DType dtype, List<Dim> dims) {
    List<Extent> extents = dims.stream().map(Types::extent).toList();
    return new OnnxValueInfo(name, number(dtype), Optional.of(extents), -1);
  }

  static OnnxValueInfo info(String name, ValueType type) {
    if (type.dtype().isBlocked()) {
      throw new Refused("'" + name + "' has the block format " + type.dtype() + " outside");
    }
    return info(name, type.dtype(), type.dims());
  }

  private static Extent extent(Dim dim) {
    return dim instanceof Dim.Fixed(long size)
        ? new OnnxValueInfo.Size(size)
        : new OnnxValueInfo.Named(dim.toString());
  }
}
