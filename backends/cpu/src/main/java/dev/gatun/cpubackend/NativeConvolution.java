package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.engine.finish.FinishPart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Convolutions. The head of the working memory tells the library of the windows and of what follows
 * them.
 */
record NativeConvolution(CpuKernels kernels) implements ConvolutionKernel {
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** 18 numbers, to a whole cache line. */
  private static final long WINDOWS_BYTES = 192;

  @Override
  public void pack(
      MemorySegment weights,
      long weightsAt,
      int out,
      int depth,
      MemorySegment packed,
      long packedAt) {
    long bytes = 4L * out * depth;
    kernels.convolvePack(
        Memory.address(weights, weightsAt, bytes),
        out,
        depth,
        Memory.address(packed, packedAt, bytes));
  }

  @Override
  public long scratchBytes(WindowGeometry windows, int in, int rows, int columns, int parts) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(WINDOWS_BYTES, 64);
      write(windows, numbers, 0);
      return head(parts) + kernels.convolveBytes(numbers.address(), in, rows, columns);
    }
  }

  private static long head(int parts) {
    return WINDOWS_BYTES + (long) CpuKernels.PART_BYTES * parts;
  }

  private static void write(WindowGeometry g, MemorySegment memory, long at) {
    long to = at;
    for (int i = 0; i < 6; i++) {
      int[] each =
          switch (i) {
            case 0 -> g.in;
            case 1 -> g.out;
            case 2 -> g.kernel;
            case 3 -> g.stride;
            case 4 -> g.dilation;
            default -> g.before;
          };
      for (int axis = 0; axis < WindowGeometry.AXES; axis++) {
        memory.set(I64, to, each[axis]);
        to += 8;
      }
    }
  }

  /**
   * Writes the parts.
   *
   * @param bytes of the result, which other values have, too
   */
  private static void write(Finish finish, MemorySegment memory, long at, long bytes) {
    List<FinishPart> parts = finish.parts();
    for (int i = 0; i < parts.size(); i++) {
      long to = at + (long) i * CpuKernels.PART_BYTES;
      switch (parts.get(i)) {
        case FinishPart.Curve curve -> {
          head(memory, to, CpuKernels.CURVE, 0, curve.gated(), 0);
          memory.set(F32, to + 32, curve.factor());
          memory.set(F32, to + 36, curve.shift());
          memory.set(F32, to + 40, curve.low());
          memory.set(F32, to + 44, curve.high());
          memory.set(F32, to + 48, curve.lastFactor());
          memory.set(F32, to + 52, curve.lastShift());
        }
        case FinishPart.Function function ->
            head(
                memory,
                to,
                CpuKernels.FUNCTION,
                NativeElementwise.code(function.function()),
                false,
                0);
        case FinishPart.Other other -> {
          MemorySegment segment = finish.others()[other.other()];
          long address = Memory.address(segment, finish.othersAt()[other.other()], bytes);
          int code = NativeElementwise.code(other.function());
          head(memory, to, CpuKernels.OTHER, code, other.reversed(), address);
        }
      }
    }
  }

  private static void head(
      MemorySegment memory, long at, int kind, int function, boolean flag, long other) {
    memory.set(I64, at, kind);
    memory.set(I64, at + 8, function);
    memory.set(I64, at + 16, flag ? 1 : 0);
    memory.set(I64, at + 24, other);
  }

  @Override
  public void convolve(Convolution c, Convolution.Piece p, MemorySegment scratch, long scratchAt) {
    WindowGeometry g = c.windows();
    int parts = c.finish().parts().size();
    int height = p.toRow() - p.fromRow();
    int width = p.toColumn() - p.fromColumn();
    long channels = c.depthwise() ? p.toChannel() : c.out();
    long bytes = 4 * channels * g.outSize();
    long at = Memory.address(scratch, scratchAt, head(parts));
    write(g, scratch, scratchAt);
    write(c.finish(), scratch, scratchAt + WINDOWS_BYTES, bytes);
    long needed = kernels.convolveBytes(at, c.in(), height, width);
    long working = Memory.address(scratch, scratchAt + head(parts), needed);
    long groups = c.depthwise() ? (channels + c.out() - 1) / c.out() : 1;
    long x = Memory.address(c.x(), c.xAt(), 4 * groups * c.in() * g.inSize());
    long weights = Memory.address(c.weights(), c.weightsAt(), 4 * channels * c.in() * g.taps());
    long bias = Memory.address(c.bias(), c.biasAt(), 4 * channels);
    long y = Memory.address(c.y(), c.yAt(), bytes);
    long first = at + WINDOWS_BYTES;
    if (c.depthwise()) {
      kernels.depthwise(
          at,
          c.out(),
          x,
          weights,
          bias,
          y,
          first,
          parts,
          p.fromRow(),
          p.toRow(),
          p.fromColumn(),
          p.toColumn(),
          p.fromChannel(),
          p.toChannel(),
          working);
    } else {
      kernels.convolve(
          at,
          c.in(),
          x,
          weights,
          bias,
          y,
          first,
          parts,
          p.plane(),
          p.fromRow(),
          p.toRow(),
          p.fromColumn(),
          p.toColumn(),
          p.fromChannel(),
          p.toChannel(),
          working);
    }
  }

  @Override
  public void finish(
      Finish finish,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long element,
      int count,
      MemorySegment scratch,
      long scratchAt) {
    long bytes = 4 * (element + count);
    int parts = finish.parts().size();
    long at = Memory.address(scratch, scratchAt, (long) CpuKernels.PART_BYTES * parts);
    write(finish, scratch, scratchAt, bytes);
    kernels.finish(
        at,
        parts,
        Memory.address(x, xAt, 4L * count),
        Memory.address(y, yAt, bytes),
        element,
        count);
  }
}
