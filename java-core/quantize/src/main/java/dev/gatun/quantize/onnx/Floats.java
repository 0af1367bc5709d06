package dev.gatun.quantize.onnx;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Tensors of floating numbers. */
final class Floats {
  private Floats() {}

  /** Numbers rounded to a plain floating type. */
  static Tensor tensor(DType dtype, Shape shape, float... values) {
    if (dtype == DType.F32) {
      return Tensor.ofFloats(shape, values);
    }
    byte[] bytes = new byte[Math.toIntExact(dtype.byteSize(values.length))];
    BlockFormat.of(dtype).encode(values, 0, bytes, 0, values.length);
    return new Tensor(dtype, shape, MemorySegment.ofArray(bytes));
  }

  /** One number. */
  static Tensor scalar(DType dtype, float value) {
    return tensor(dtype, Shape.of(), value);
  }
}
