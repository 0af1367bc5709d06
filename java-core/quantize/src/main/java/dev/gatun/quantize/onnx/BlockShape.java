package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;

/**
 * How weights stand in blocks.
 *
 * @param bits of a code: 2, 4 or 8
 * @param block weights along K that share a scale: a power of two from 16 to 256
 * @param symmetric whether the zero point is the middle of the codes
 */
public record BlockShape(int bits, int block, boolean symmetric) {
  public BlockShape {
    if (bits != 2 && bits != 4 && bits != 8) {
      throw new GatunException(
          GatunException.Kind.USAGE, "weights of %d bits: give 2, 4 or 8".formatted(bits));
    }
    if (block < 16 || block > 256 || Integer.bitCount(block) != 1) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "blocks of %d weights: give 16, 32, 64, 128 or 256".formatted(block));
    }
  }

  /** The largest code. */
  int largest() {
    return (1 << bits) - 1;
  }

  /** The code of zero when symmetric. */
  int middle() {
    return 1 << (bits - 1);
  }

  /** Blocks of a column of {@code k} weights. */
  int blocks(int k) {
    return (k + block - 1) / block;
  }
}
