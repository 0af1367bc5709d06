package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/** Elementwise kernels; POW, MAX, MIN, and SUB and DIV of a number in the first place: scalar. */
final class VectorElementwise implements ElementwiseKernels {
  private static final ElementwiseKernels SCALAR = new ScalarKernels().elementwise();

  /** Elements that stay in the first cache between an activation and what it gates. */
  private static final int BLOCK = 512;

  @Override
  public void unary(
      Unary.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    long from = Memory.address(x, xOffset, 4L * count);
    unary(function, from, Memory.address(y, yOffset, 4L * count), count);
  }

  static void unary(Unary.Function function, long x, long y, int count) {
    switch (function) {
      case NEG -> UnaryLoops.affine(x, -1, -0f, y, count);
      case ABS -> UnaryLoops.abs(x, y, count);
      case SQRT -> UnaryLoops.sqrt(x, y, count);
      case RECIPROCAL -> UnaryLoops.reciprocal(x, -0f, y, count);
      case RELU -> UnaryLoops.relu(x, y, count);
      case LOG -> UnaryLoops.log(x, y, count);
      case EXP -> Exp.run(x, 1, -0f, y, count);
      case SIGMOID -> {
        Exp.run(x, -1, -0f, y, count);
        UnaryLoops.reciprocal(y, 1, y, count);
      }
      case TANH -> Tanh.run(x, 1, 1, y, count);
      case ERF -> Erf.erf(x, y, count);
      case SILU -> Swish.silu(x, y, count);
      case GELU -> Erf.gelu(x, y, count);
      case GELU_TANH -> Swish.geluTanh(x, y, count);
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
    long from = Memory.address(gate, gateOffset, 4L * count);
    long factor = Memory.address(up, upOffset, 4L * count);
    long to = Memory.address(y, yOffset, 4L * count);
    for (int i = 0; i < count; i += BLOCK) {
      int block = Math.min(BLOCK, count - i);
      unary(activation, from + 4L * i, to + 4L * i, block);
      BinaryLoops.mul(to + 4L * i, factor + 4L * i, to + 4L * i, block);
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
    long first = Memory.address(a, aOffset, 4L * count);
    long second = Memory.address(b, bOffset, 4L * count);
    binary(function, first, second, Memory.address(y, yOffset, 4L * count), count);
  }

  static void binary(Binary.Function function, long a, long b, long y, int count) {
    switch (function) {
      case ADD -> BinaryLoops.add(a, b, y, count);
      case SUB -> BinaryLoops.sub(a, b, y, count);
      case MUL -> BinaryLoops.mul(a, b, y, count);
      case DIV -> BinaryLoops.div(a, b, y, count);
      case MAX, MIN, POW -> SCALAR.binary(function, ALL, a, ALL, b, ALL, y, count);
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
    long from = Memory.address(a, aOffset, 4L * count);
    long to = Memory.address(y, yOffset, 4L * count);
    if (function == Binary.Function.MUL) {
      UnaryLoops.affine(from, b, -0f, to, count);
    } else if (function == Binary.Function.ADD) {
      UnaryLoops.affine(from, 1, b, to, count);
    } else if (function == Binary.Function.SUB && !reversed) {
      UnaryLoops.affine(from, 1, -b, to, count);
    } else if (function == Binary.Function.DIV && !reversed) {
      BinaryLoops.div(from, b, to, count);
    } else {
      SCALAR.binaryScalar(function, a, aOffset, b, reversed, y, yOffset, count);
    }
  }

  @Override
  public void addScaled(
      MemorySegment x, long xOffset, float factor, MemorySegment y, long yOffset, int count) {
    long from = Memory.address(x, xOffset, 4L * count);
    BinaryLoops.addScaled(from, factor, Memory.address(y, yOffset, 4L * count), count);
  }
}
