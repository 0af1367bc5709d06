package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Elementwise kernels; POW, and functions of a number in the second place, are scalar. */
final class VectorElementwise implements ElementwiseKernels {
  private static final ElementwiseKernels SCALAR = new ScalarKernels().elementwise();

  @Override
  public void unary(
      Unary.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    UnaryLoops.run(function, x, xOffset, y, yOffset, count);
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
    GatedLoops.run(activation, gate, gateOffset, up, upOffset, y, yOffset, count);
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
    switch (function) {
      case ADD -> add(a, aOffset, b, bOffset, y, yOffset, count);
      case SUB -> sub(a, aOffset, b, bOffset, y, yOffset, count);
      case MUL -> mul(a, aOffset, b, bOffset, y, yOffset, count);
      case DIV -> div(a, aOffset, b, bOffset, y, yOffset, count);
      case MAX, MIN, POW -> SCALAR.binary(function, a, aOffset, b, bOffset, y, yOffset, count);
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
    if (function == Binary.Function.MUL) {
      mul(a, aOffset, b, y, yOffset, count);
    } else if (function == Binary.Function.ADD) {
      add(a, aOffset, b, y, yOffset, count);
    } else if (function == Binary.Function.DIV && !reversed) {
      div(a, aOffset, b, y, yOffset, count);
    } else {
      SCALAR.binaryScalar(function, a, aOffset, b, reversed, y, yOffset, count);
    }
  }

  @Override
  public void addScaled(
      MemorySegment x, long xOffset, float factor, MemorySegment y, long yOffset, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, x, xOffset + 4L * i, Lanes.LE)
          .mul(factor)
          .add(FloatVector.fromMemorySegment(Lanes.F32, y, yOffset + 4L * i, Lanes.LE))
          .intoMemorySegment(y, yOffset + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float sum = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, yOffset + 4L * i);
      sum += factor * x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, xOffset + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, yOffset + 4L * i, sum);
    }
  }

  private static void add(
      MemorySegment a, long at, MemorySegment b, long bt, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .add(FloatVector.fromMemorySegment(Lanes.F32, b, bt + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      float other = b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bt + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value + other);
    }
  }

  private static void sub(
      MemorySegment a, long at, MemorySegment b, long bt, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .sub(FloatVector.fromMemorySegment(Lanes.F32, b, bt + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      float other = b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bt + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value - other);
    }
  }

  private static void mul(
      MemorySegment a, long at, MemorySegment b, long bt, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, b, bt + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      float other = b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bt + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value * other);
    }
  }

  private static void div(
      MemorySegment a, long at, MemorySegment b, long bt, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .div(FloatVector.fromMemorySegment(Lanes.F32, b, bt + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      float other = b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bt + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value / other);
    }
  }

  private static void add(MemorySegment a, long at, float b, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .add(b)
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value + b);
    }
  }

  private static void mul(MemorySegment a, long at, float b, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .mul(b)
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value * b);
    }
  }

  private static void div(MemorySegment a, long at, float b, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, a, at + 4L * i, Lanes.LE)
          .div(b)
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value / b);
    }
  }
}
