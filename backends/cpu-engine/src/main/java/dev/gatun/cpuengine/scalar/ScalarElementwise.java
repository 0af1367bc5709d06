package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.foreign.MemorySegment;

/** Functions evaluated in double precision and rounded once. */
final class ScalarElementwise implements ElementwiseKernels {
  @Override
  public void unary(
      Unary.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    for (int i = 0; i < count; i++) {
      Floats.set(y, yOffset, i, (float) Functions.unary(function, Floats.get(x, xOffset, i)));
    }
  }

  @Override
  public void binary(
      Binary.Function function,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    for (int i = 0; i < count; i++) {
      double value =
          Functions.binary(function, Floats.get(a, aOffset, i), Floats.get(b, bOffset, i));
      Floats.set(y, yOffset, i, (float) value);
    }
  }

  @Override
  public void binaryScalar(
      Binary.Function function,
      MemorySegment a,
      long aOffset,
      float b,
      boolean reversed,
      MemorySegment y,
      long yOffset,
      int count) {
    for (int i = 0; i < count; i++) {
      float value = Floats.get(a, aOffset, i);
      double result =
          reversed ? Functions.binary(function, b, value) : Functions.binary(function, value, b);
      Floats.set(y, yOffset, i, (float) result);
    }
  }

  @Override
  public void gated(
      Unary.Function activation,
      MemorySegment gate,
      long gateOffset,
      MemorySegment up,
      long upOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    for (int i = 0; i < count; i++) {
      double value = Functions.unary(activation, Floats.get(gate, gateOffset, i));
      Floats.set(y, yOffset, i, (float) (value * Floats.get(up, upOffset, i)));
    }
  }

  @Override
  public void addScaled(
      MemorySegment x, long xOffset, float factor, MemorySegment y, long yOffset, int count) {
    for (int i = 0; i < count; i++) {
      float sum = Floats.get(y, yOffset, i) + factor * Floats.get(x, xOffset, i);
      Floats.set(y, yOffset, i, sum);
    }
  }
}
