package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Unary;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Loops over functions of one input. Each has its own, so that it compiles to straight code; LOG,
 * which no model computes often, is scalar.
 */
final class UnaryLoops {
  private static final ElementwiseKernels SCALAR = new ScalarKernels().elementwise();

  private UnaryLoops() {}

  static void run(
      Unary.Function function, MemorySegment x, long from, MemorySegment y, long to, int count) {
    switch (function) {
      case NEG -> neg(x, from, y, to, count);
      case ABS -> abs(x, from, y, to, count);
      case EXP -> exp(x, from, y, to, count);
      case SQRT -> sqrt(x, from, y, to, count);
      case RECIPROCAL -> reciprocal(x, from, y, to, count);
      case SIGMOID -> sigmoid(x, from, y, to, count);
      case TANH -> tanh(x, from, y, to, count);
      case ERF -> erf(x, from, y, to, count);
      case SILU -> silu(x, from, y, to, count);
      case GELU -> gelu(x, from, y, to, count);
      case GELU_TANH -> geluTanh(x, from, y, to, count);
      case RELU -> relu(x, from, y, to, count);
      case LOG -> SCALAR.unary(function, x, from, y, to, count);
    }
  }

  private static void neg(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      value.neg().intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, -value);
    }
  }

  private static void abs(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      value.abs().intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Math.abs(value));
    }
  }

  private static void exp(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Exp.exp(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Exp.exp(value));
    }
  }

  private static void sqrt(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      value.sqrt().intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, (float) Math.sqrt(value));
    }
  }

  private static void reciprocal(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Lanes.fill(1f).div(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, 1f / value);
    }
  }

  private static void sigmoid(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.sigmoid(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.sigmoid(value));
    }
  }

  private static void tanh(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.tanh(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.tanh(value));
    }
  }

  private static void erf(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.erf(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.erf(value));
    }
  }

  private static void silu(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.silu(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.silu(value));
    }
  }

  private static void gelu(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.gelu(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.gelu(value));
    }
  }

  private static void geluTanh(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.geluTanh(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.geluTanh(value));
    }
  }

  private static void relu(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      Activations.relu(value).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, Activations.relu(value));
    }
  }
}
