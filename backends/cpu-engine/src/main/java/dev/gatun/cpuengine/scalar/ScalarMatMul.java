package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Products with a matrix that is decoded to F32 when it is packed. Results do not depend on m. */
final class ScalarMatMul implements MatMulKernel {
  private static final int TILE_ROWS = 8;

  @Override
  public String name() {
    return "scalar.f32";
  }

  @Override
  public String layout() {
    return "f32.rows";
  }

  @Override
  public int tileRows() {
    return TILE_ROWS;
  }

  @Override
  public long packedBytes(int n, int k) {
    return 4L * n * k;
  }

  @Override
  public void pack(Tensor weights, MemorySegment packed, int fromTile, int toTile) {
    int n = Math.toIntExact(weights.shape().dim(0));
    int k = Math.toIntExact(weights.shape().dim(1));
    BlockFormat format = BlockFormat.of(weights.dtype());
    float[] row = new float[k];
    int end = Math.min(n, toTile * TILE_ROWS);
    for (int i = fromTile * TILE_ROWS; i < end; i++) {
      format.decode(weights.data(), i * weights.rowBytes(), row, 0, k);
      MemorySegment.copy(row, 0, packed, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i * k, k);
    }
  }

  @Override
  public long preparedBytes(int m, int k) {
    return 0;
  }

  @Override
  public void prepare(
      MemorySegment x,
      long xOffset,
      int m,
      int k,
      MemorySegment prepared,
      long preparedOffset,
      int fromRow,
      int toRow) {
    throw new UnsupportedOperationException("scalar products read X itself");
  }

  @Override
  public long scratchBytes(int m, int n, int k) {
    return 0;
  }

  @Override
  public void multiply(
      MemorySegment packed,
      MemorySegment x,
      long xOffset,
      MemorySegment prepared,
      long preparedOffset,
      int m,
      int n,
      int k,
      MemorySegment y,
      long yOffset,
      long yStride,
      int fromTile,
      int toTile,
      MemorySegment scratch,
      long scratchOffset) {
    int end = Math.min(n, toTile * TILE_ROWS);
    for (int row = 0; row < m; row++) {
      for (int column = fromTile * TILE_ROWS; column < end; column++) {
        float dot = dot(x, xOffset + 4L * row * k, packed, 4L * column * k, k);
        Floats.set(y, yOffset, row * yStride + column, dot);
      }
    }
  }

  /** Four partial sums, so that additions overlap. */
  static float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int k) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 4 <= k; i += 4) {
      s0 += Floats.get(a, aOffset, i) * Floats.get(b, bOffset, i);
      s1 += Floats.get(a, aOffset, i + 1) * Floats.get(b, bOffset, i + 1);
      s2 += Floats.get(a, aOffset, i + 2) * Floats.get(b, bOffset, i + 2);
      s3 += Floats.get(a, aOffset, i + 3) * Floats.get(b, bOffset, i + 3);
    }
    for (; i < k; i++) {
      s0 += Floats.get(a, aOffset, i) * Floats.get(b, bOffset, i);
    }
    return (s0 + s1) + (s2 + s3);
  }
}
