package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Elementwise functions; logarithm and power are another set's. */
record NativeElementwise(CpuKernels kernels, Supplier<KernelSet> others)
    implements ElementwiseKernels {
  private static final int NONE = -1;

  static int code(Unary.Function function) {
    return switch (function) {
      case NEG -> CpuKernels.NEG;
      case ABS -> CpuKernels.ABS;
      case EXP -> CpuKernels.EXP;
      case RECIPROCAL -> CpuKernels.RECIPROCAL;
      case SIGMOID -> CpuKernels.SIGMOID;
      case TANH -> CpuKernels.TANH;
      case SILU -> CpuKernels.SILU;
      case GELU_TANH -> CpuKernels.GELU_TANH;
      case RELU -> CpuKernels.RELU;
      case SQRT -> CpuKernels.SQRT;
      case ERF -> CpuKernels.ERF;
      case GELU -> CpuKernels.GELU;
      case LOG -> NONE;
    };
  }

  static int code(Binary.Function function) {
    return switch (function) {
      case ADD -> CpuKernels.ADD;
      case SUB -> CpuKernels.SUB;
      case MUL -> CpuKernels.MUL;
      case DIV -> CpuKernels.DIV;
      case MAX -> CpuKernels.MAX;
      case MIN -> CpuKernels.MIN;
      case POW -> NONE;
    };
  }

  @Override
  public void unary(
      Unary.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count) {
    int code = code(function);
    if (code == NONE) {
      others.get().elementwise().unary(function, x, xOffset, y, yOffset, count);
      return;
    }
    kernels.unary(
        code,
        Memory.address(x, xOffset, 4L * count),
        Memory.address(y, yOffset, 4L * count),
        count);
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
    int code = code(function);
    if (code == NONE) {
      others.get().elementwise().binary(function, a, aOffset, b, bOffset, y, yOffset, count);
      return;
    }
    kernels.binary(
        code,
        Memory.address(a, aOffset, 4L * count),
        Memory.address(b, bOffset, 4L * count),
        Memory.address(y, yOffset, 4L * count),
        count);
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
    int code = code(function);
    if (code == NONE) {
      ElementwiseKernels other = others.get().elementwise();
      other.binaryScalar(function, a, aOffset, b, reversed, y, yOffset, count);
      return;
    }
    kernels.binaryScalar(
        code,
        Memory.address(a, aOffset, 4L * count),
        b,
        reversed ? 1 : 0,
        Memory.address(y, yOffset, 4L * count),
        count);
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
    int code = code(activation);
    if (code == NONE) {
      ElementwiseKernels other = others.get().elementwise();
      other.gated(activation, gate, gateOffset, up, upOffset, y, yOffset, count);
      return;
    }
    kernels.gated(
        code,
        Memory.address(gate, gateOffset, 4L * count),
        Memory.address(up, upOffset, 4L * count),
        Memory.address(y, yOffset, 4L * count),
        count);
  }

  @Override
  public void addScaled(
      MemorySegment x, long xOffset, float factor, MemorySegment y, long yOffset, int count) {
    kernels.addScaled(
        Memory.address(x, xOffset, 4L * count),
        factor,
        Memory.address(y, yOffset, 4L * count),
        count);
  }
}
