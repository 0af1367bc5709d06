package dev.gatun.quantize.onnx;

import dev.gatun.tensor.DType;

/**
 * Floating numbers of 16 bits; inputs and outputs of the model stay as they are.
 *
 * @param dtype F16 or BF16
 * @param keepEdges whether the first and the last node with weights stay in 32 bits
 */
public record HalfFloat(DType dtype, boolean keepEdges) implements OnnxScheme {
  public HalfFloat {
    if (dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalArgumentException(dtype + " is no floating type of 16 bits");
    }
  }

  @Override
  public String describe() {
    return (dtype == DType.F16 ? "float16" : "bfloat16")
        + (keepEdges ? ", first and last layer in 32 bits" : "");
  }
}
