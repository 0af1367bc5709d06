package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.runtime.spi.BlockEncoder;
import dev.gatun.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rows are copied to native memory a few at a time, and their blocks back. */
record NativeBlockEncoder(CpuKernels kernels) implements BlockEncoder {
  /** Numbers copied at a time: half of what the second cache of most processors holds. */
  private static final int PIECE = 1 << 16;

  private static final int NONE = -1;
  private static final int ALIGNMENT = 64;

  @Override
  public String name() {
    return "cpu." + kernels.instructions().id();
  }

  @Override
  public boolean encodes(DType dtype) {
    int code = code(dtype);
    return code != NONE && kernels.encodes(code);
  }

  @Override
  public void encode(
      DType dtype,
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset) {
    int piece = Math.min(rows, Math.max(1, PIECE / rowLength));
    long rowBytes = dtype.byteSize(rowLength);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * piece * rowLength, ALIGNMENT);
      MemorySegment blocks = arena.allocate(piece * rowBytes, ALIGNMENT);
      long weights = 0;
      if (importance != null) {
        MemorySegment copy = arena.allocate(4L * rowLength, ALIGNMENT);
        MemorySegment.copy(importance, 0, copy, ValueLayout.JAVA_FLOAT, 0, rowLength);
        weights = Memory.address(copy, 0, 4L * rowLength);
      }
      for (int row = 0; row < rows; row += piece) {
        int count = Math.min(piece, rows - row);
        int numbers = count * rowLength;
        int bytes = Math.toIntExact(count * rowBytes);
        int from = srcOffset + row * rowLength;
        int to = Math.toIntExact(dstOffset + row * rowBytes);
        MemorySegment.copy(src, from, x, ValueLayout.JAVA_FLOAT, 0, numbers);
        kernels.encode(
            code(dtype),
            Memory.address(x, 0, 4L * numbers),
            count,
            rowLength,
            weights,
            Memory.address(blocks, 0, bytes));
        MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, 0, dst, to, bytes);
      }
    }
  }

  private static int code(DType dtype) {
    return switch (dtype) {
      case Q4_0 -> CpuKernels.Q4_0;
      case Q4_1 -> CpuKernels.Q4_1;
      case Q5_0 -> CpuKernels.Q5_0;
      case Q5_1 -> CpuKernels.Q5_1;
      case Q8_0 -> CpuKernels.Q8_0;
      case Q2_K -> CpuKernels.Q2_K;
      case Q3_K -> CpuKernels.Q3_K;
      case Q4_K -> CpuKernels.Q4_K;
      case Q5_K -> CpuKernels.Q5_K;
      case Q6_K -> CpuKernels.Q6_K;
      case IQ4_NL -> CpuKernels.IQ4_NL;
      case IQ4_XS -> CpuKernels.IQ4_XS;
      case MXFP4 -> CpuKernels.MXFP4;
      default -> NONE;
    };
  }
}
