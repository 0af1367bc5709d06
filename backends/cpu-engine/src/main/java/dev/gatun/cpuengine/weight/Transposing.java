package dev.gatun.cpuengine.weight;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Turns a stored matrix. */
final class Transposing {
  private Transposing() {}

  /** The F32 matrix [n, k] of a plain matrix [k, n]. */
  static Tensor transpose(Tensor matrix, Arena arena) {
    int k = Math.toIntExact(matrix.shape().dim(0));
    int n = Math.toIntExact(matrix.shape().dim(1));
    MemorySegment turned = arena.allocate(Math.max(4L * n * k, 4), 64);
    BlockFormat format = BlockFormat.of(matrix.dtype());
    float[] row = new float[n];
    for (int i = 0; i < k; i++) {
      format.decode(matrix.data(), i * matrix.rowBytes(), row, 0, n);
      for (int j = 0; j < n; j++) {
        turned.set(Tensor.F32_LE, 4 * ((long) j * k + i), row[j]);
      }
    }
    return new Tensor(DType.F32, Shape.of(n, k), turned.asSlice(0, 4L * n * k));
  }
}
