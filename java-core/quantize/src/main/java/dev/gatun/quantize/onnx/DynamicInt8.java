package dev.gatun.quantize.onnx;

/**
 * INT8 with the range of the activations measured in each run: weights are signed and symmetric,
 * activations unsigned.
 *
 * @param perChannel one scale for each column of a matrix or filter of a convolution
 * @param reduceRange weights of 7 bits, for processors whose 8-bit sums saturate (AVX2 and AVX-512
 *     without VNNI)
 * @param tables whether tables of Gather become INT8, too
 */
public record DynamicInt8(boolean perChannel, boolean reduceRange, boolean tables)
    implements OnnxScheme {
  @Override
  public String describe() {
    return "dynamic int8%s%s"
        .formatted(perChannel ? ", per channel" : "", reduceRange ? ", weights of 7 bits" : "");
  }
}
