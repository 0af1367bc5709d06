package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Products of computed matrices; B is taken as it lies. */
final class VectorDenseMatMul implements DenseMatMulKernel {
  @Override
  public void multiply(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      boolean transposeB,
      int n,
      int k,
      MemorySegment y,
      long yOffset,
      int fromRow,
      int toRow) {
    long from = aOffset + 4L * fromRow * k;
    long to = yOffset + 4L * fromRow * n;
    if (!transposeB) {
      BlockProduct.add(a, from, k, b, bOffset, n, y, to, n, toRow - fromRow, n, 0, k, true);
      return;
    }
    for (int row = 0; row < toRow - fromRow; row++) {
      for (int column = 0; column < n; column++) {
        float value = dot(a, from + 4L * row * k, b, bOffset + 4L * column * k, k);
        y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * ((long) row * n + column), value);
      }
    }
  }

  private static float dot(MemorySegment a, long aAt, MemorySegment b, long bAt, int count) {
    FloatVector sum0 = FloatVector.zero(Lanes.F32);
    FloatVector sum1 = FloatVector.zero(Lanes.F32);
    int i = 0;
    for (; i <= count - 2 * Lanes.COUNT; i += 2 * Lanes.COUNT) {
      long shift = 4L * i;
      FloatVector x0 = FloatVector.fromMemorySegment(Lanes.F32, a, aAt + shift, Lanes.LE);
      FloatVector y0 = FloatVector.fromMemorySegment(Lanes.F32, b, bAt + shift, Lanes.LE);
      sum0 = x0.fma(y0, sum0);
      shift += Lanes.BYTES;
      FloatVector x1 = FloatVector.fromMemorySegment(Lanes.F32, a, aAt + shift, Lanes.LE);
      FloatVector y1 = FloatVector.fromMemorySegment(Lanes.F32, b, bAt + shift, Lanes.LE);
      sum1 = x1.fma(y1, sum1);
    }
    float sum = Sums.across(sum0.add(sum1));
    for (; i < count; i++) {
      float x = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * i);
      sum = Math.fma(x, b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bAt + 4L * i), sum);
    }
    return sum;
  }
}
