package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.runtime.detect.Hardware;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

/** One small product of each format, compared with decoded weights. */
final class CpuSelfTest implements SelfTest {
  private static final int N = 33;
  private static final int K = 256;

  /** Rows of X: one, few, and many, which are multiplied in three ways. */
  private static final int[] BATCHES = {1, 3, 26};

  private static final int M = 26;

  /** Rows that are compared: of both tiles, and of every part of one. */
  private static final int[] ROWS = {0, 13, 22, 31, 32};

  @Override
  public Finding present(ProbeContext context) {
    return CpuBackendProvider.PRESENT;
  }

  @Override
  public String digest(ProbeContext context) {
    Hardware.Cpu cpu = HardwareDetector.detect().cpu();
    return String.join(
        "\n",
        CpuLibrary.digest(context::property, context.home()),
        cpu.model().orElse(""),
        String.join(" ", new TreeSet<>(cpu.features())),
        context.property(CpuBackendProvider.INSTRUCTIONS).orElse(""),
        context.property(NativeChoices.ACTIVATIONS).orElse(""),
        context.property(NativeChoices.FLOATS).orElse(""));
  }

  /** These are no vendor's: each instruction that they use is asked for before. */
  @Override
  public boolean mayCrash() {
    return false;
  }

  @Override
  public Finding run(ProbeContext context) {
    LoadedKernels loaded = LoadedKernels.of(context);
    return loaded.kernels().map(CpuSelfTest::of).orElse(loaded.finding());
  }

  /** Tests the kernels of one instruction set. */
  static Finding of(CpuKernels kernels) {
    try (Arena arena = Arena.ofShared()) {
      for (DType dtype : DType.values()) {
        Optional<MatMulKernel> kernel = NativeMatMul.of(kernels, dtype);
        if (kernel.isPresent() && !agrees(arena, kernel.get(), dtype)) {
          return Finding.bad(
              Stage.ABLE,
              "the kernel " + kernel.get().name() + " computes wrong results on this processor",
              "set " + CpuBackendProvider.INSTRUCTIONS + " to another instruction set");
        }
      }
    }
    return Finding.good(
        Stage.ABLE, "products of each format are right with " + kernels.instructions().id());
  }

  private static boolean agrees(Arena arena, MatMulKernel kernel, DType dtype) {
    MemorySegment data = arena.allocate(N * dtype.byteSize(K), 64);
    if (dtype.isFloat()) {
      float[] row = new float[N * K];
      for (int i = 0; i < row.length; i++) {
        row[i] = i * 29 % 101 * 0.01f - 0.5f;
      }
      BlockFormat.of(dtype).encode(row, 0, data, 0, row.length);
    } else {
      fill(data, dtype);
    }
    var weights = new Tensor(dtype, Shape.of(N, K), data);
    MemorySegment packed = arena.allocate(kernel.packedBytes(N, K), 64);
    kernel.pack(weights, packed, 0, 2);
    MemorySegment x = arena.allocate(4L * M * K, 64);
    for (int i = 0; i < M * K; i++) {
      // Whole multiples of the scale that 127 gives: nothing is lost to rounding.
      x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 32 == 5 ? 127 : i * 29 % 100 - 50);
    }
    MemorySegment prepared = arena.allocate(kernel.preparedBytes(M, K), 64);
    MemorySegment scratch = arena.allocate(kernel.scratchBytes(M, N, K) + 64, 64);
    MemorySegment y = arena.allocate(4L * M * N, 64);
    for (int m : BATCHES) {
      kernel.prepare(x, 0, m, K, prepared, 0, 0, m);
      kernel.multiply(packed, x, 0, prepared, 0, m, N, K, y, 0, N, 0, 2, scratch, 0);
      if (!equal(weights, x, m, y)) {
        return false;
      }
    }
    return true;
  }

  /** Scales and minima of plain size; the other bytes may have any value. */
  private static void fill(MemorySegment data, DType dtype) {
    for (long i = 0; i < data.byteSize(); i++) {
      data.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37 + i / 11));
    }
    for (long block = 0; block < data.byteSize(); block += dtype.blockBytes()) {
      float scale = 0.01f + block % 7 * 0.003f;
      setScales(data, block, dtype, () -> scale);
    }
  }

  /** Sets the scale of a block and its minimum, where it has one, to numbers of half precision. */
  static void setScales(MemorySegment data, long block, DType dtype, DoubleSupplier scales) {
    switch (dtype) {
      // Any byte is a plain number.
      case NVFP4 -> {}
      case MXFP4 -> {
        int exponent = Math.getExponent(scales.getAsDouble());
        data.set(ValueLayout.JAVA_BYTE, block, (byte) (128 + exponent));
      }
      case IQ1_M -> {
        // Four bits each on top of four words.
        int half = Float.floatToFloat16((float) scales.getAsDouble());
        for (int i = 0; i < 4; i++) {
          long at = block + 49 + 2L * i;
          int low = data.get(ValueLayout.JAVA_BYTE, at) & 15;
          data.set(ValueLayout.JAVA_BYTE, at, (byte) (low | ((half >> (4 * i)) & 15) << 4));
        }
      }
      default -> {
        for (int at : halves(dtype)) {
          short half = Float.floatToFloat16((float) scales.getAsDouble());
          data.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + at, half);
        }
      }
    }
  }

  /** Where blocks have half-precision numbers; their other bytes are integers. */
  private static int[] halves(DType dtype) {
    return switch (dtype) {
      case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
      case Q2_K -> new int[] {80, 82};
      case Q3_K -> new int[] {108};
      case Q6_K -> new int[] {208};
      case TQ1_0 -> new int[] {52};
      case TQ2_0 -> new int[] {64};
      default -> new int[] {0};
    };
  }

  private static boolean equal(Tensor weights, MemorySegment x, int m, MemorySegment y) {
    float[] row = new float[K];
    for (int j : ROWS) {
      BlockFormat.of(weights.dtype()).decode(weights.data(), j * weights.rowBytes(), row, 0, K);
      // The first and the last: others would be more of the same.
      for (int i = 0; i < m; i += Math.max(1, m - 1)) {
        double sum = 0;
        double magnitude = 0;
        for (int c = 0; c < K; c++) {
          double product = (double) row[c] * x.getAtIndex(ValueLayout.JAVA_FLOAT, i * K + c);
          sum += product;
          magnitude += Math.abs(product);
        }
        float actual = y.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * N + j);
        if (!(Math.abs(actual - sum) <= 1e-4 * magnitude)) {
          return false;
        }
      }
    }
    return true;
  }
}
