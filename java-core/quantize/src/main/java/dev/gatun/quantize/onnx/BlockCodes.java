package dev.gatun.quantize.onnx;

import java.util.Arrays;

/**
 * A matrix [k, n] in blocks along k: a weight is {@code scale * (code - zero)}. Codes stand column
 * by column, padded to whole blocks; so do scales and zero points, one for each block.
 */
final class BlockCodes {
  final BlockShape shape;
  final int k;
  final int n;
  final int blocks;
  final byte[] codes;
  final float[] scales;
  final float[] zeros;

  BlockCodes(BlockShape shape, int k, int n) {
    this.shape = shape;
    this.k = k;
    this.n = n;
    blocks = shape.blocks(k);
    codes = new byte[Math.multiplyExact(Math.multiplyExact(n, blocks), shape.block())];
    scales = new float[n * blocks];
    zeros = new float[n * blocks];
    Arrays.fill(zeros, shape.middle());
  }

  int index(int column, int row) {
    return column * blocks * shape.block() + row;
  }

  /** The weight that a code stands for. */
  float value(int column, int row) {
    int own = column * blocks + row / shape.block();
    return scales[own] * ((codes[index(column, row)] & 0xff) - zeros[own]);
  }

  /** Rounds to the nearest code, halves away from zero, and clamps. */
  int nearest(float scaled) {
    double rounded = Math.floor(scaled + 0.5);
    return (int) Math.max(0, Math.min(shape.largest(), rounded));
  }

  /** Whether all zero points are codes. */
  boolean hasWholeZeros() {
    for (float zero : zeros) {
      if (zero != Math.rint(zero) || zero < 0 || zero > shape.largest()) {
        return false;
      }
    }
    return true;
  }

  /** B of MatMulNBits: [n][blocks][block * bits / 8], the first code in the lowest bits. */
  byte[] packedCodes() {
    int each = 8 / shape.bits();
    byte[] packed = new byte[codes.length / each];
    for (int i = 0; i < codes.length; i++) {
      packed[i / each] |= (byte) (codes[i] << (i % each * shape.bits()));
    }
    return packed;
  }

  /** Zero points of MatMulNBits: [n][ceil(blocks * bits / 8)]. */
  byte[] packedZeros() {
    int each = 8 / shape.bits();
    int rowBytes = (blocks + each - 1) / each;
    byte[] packed = new byte[n * rowBytes];
    for (int column = 0; column < n; column++) {
      for (int b = 0; b < rowBytes * each; b++) {
        // What is left of the last byte belongs to no block; ONNX Runtime's quantizer fills it so.
        int code = b < blocks ? (int) zeros[column * blocks + b] : shape.middle();
        packed[column * rowBytes + b / each] |= (byte) (code << (b % each * shape.bits()));
      }
    }
    return packed;
  }

  /** Mean of the absolute errors against a matrix [k, n]. */
  double meanError(float... weights) {
    double sum = 0;
    for (int row = 0; row < k; row++) {
      for (int column = 0; column < n; column++) {
        sum += Math.abs(weights[row * n + column] - value(column, row));
      }
    }
    return sum / ((double) k * n);
  }
}
