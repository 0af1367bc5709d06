package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Unary;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Loops over {@code activation(gate) * up}, for the activations that gate models. */
final class GatedLoops {
  private static final ElementwiseKernels SCALAR = new ScalarKernels().elementwise();

  private GatedLoops() {}

  static void run(
      Unary.Function activation,
      MemorySegment gate,
      long g,
      MemorySegment up,
      long u,
      MemorySegment y,
      long to,
      int count) {
    switch (activation) {
      case SILU -> silu(gate, g, up, u, y, to, count);
      case GELU -> gelu(gate, g, up, u, y, to, count);
      case GELU_TANH -> geluTanh(gate, g, up, u, y, to, count);
      case SIGMOID -> sigmoid(gate, g, up, u, y, to, count);
      case RELU -> relu(gate, g, up, u, y, to, count);
      case NEG, ABS, EXP, LOG, SQRT, RECIPROCAL, TANH, ERF ->
          SCALAR.gated(activation, gate, g, up, u, y, to, count);
    }
  }

  private static void silu(
      MemorySegment gate, long g, MemorySegment up, long u, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, gate, g + 4L * i, Lanes.LE);
      Activations.silu(value)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, up, u + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = Activations.silu(gate.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + 4L * i));
      value *= up.get(ValueLayout.JAVA_FLOAT_UNALIGNED, u + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }

  private static void gelu(
      MemorySegment gate, long g, MemorySegment up, long u, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, gate, g + 4L * i, Lanes.LE);
      Activations.gelu(value)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, up, u + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = Activations.gelu(gate.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + 4L * i));
      value *= up.get(ValueLayout.JAVA_FLOAT_UNALIGNED, u + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }

  private static void geluTanh(
      MemorySegment gate, long g, MemorySegment up, long u, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, gate, g + 4L * i, Lanes.LE);
      Activations.geluTanh(value)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, up, u + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = Activations.geluTanh(gate.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + 4L * i));
      value *= up.get(ValueLayout.JAVA_FLOAT_UNALIGNED, u + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }

  private static void sigmoid(
      MemorySegment gate, long g, MemorySegment up, long u, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, gate, g + 4L * i, Lanes.LE);
      Activations.sigmoid(value)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, up, u + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = Activations.sigmoid(gate.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + 4L * i));
      value *= up.get(ValueLayout.JAVA_FLOAT_UNALIGNED, u + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }

  private static void relu(
      MemorySegment gate, long g, MemorySegment up, long u, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, gate, g + 4L * i, Lanes.LE);
      Activations.relu(value)
          .mul(FloatVector.fromMemorySegment(Lanes.F32, up, u + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = Activations.relu(gate.get(ValueLayout.JAVA_FLOAT_UNALIGNED, g + 4L * i));
      value *= up.get(ValueLayout.JAVA_FLOAT_UNALIGNED, u + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }
}
