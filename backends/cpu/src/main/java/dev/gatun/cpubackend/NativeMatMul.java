package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Products with a matrix: of a block format on activations rounded to 8 bits per 32 elements, of a
 * floating-point format on the activations themselves, in single precision; of BF16, where the
 * instruction set has such products, on activations rounded to BF16. Where asked for, matrices in
 * F32 and F16 are rounded to BF16 when they are packed. A row's result does not depend on m.
 */
final class NativeMatMul implements MatMulKernel {
  private static final int ROWS = CpuKernels.TILE_ROWS;

  /** Whole blocks of every format. */
  private static final int COLUMNS = 256;

  private final CpuKernels kernels;
  private final DType stored;
  private final DType dtype;
  private final int format;

  /**
   * @param stored what the matrix is given in
   * @param dtype what it is multiplied in
   */
  private NativeMatMul(CpuKernels kernels, DType stored, DType dtype, int format) {
    this.kernels = kernels;
    this.stored = stored;
    this.dtype = dtype;
    this.format = format;
  }

  /** The kernel for a format, if the library has one. */
  static Optional<MatMulKernel> of(CpuKernels kernels, DType dtype) {
    OptionalInt format = format(dtype);
    return format.isEmpty()
        ? Optional.empty()
        : Optional.of(new NativeMatMul(kernels, dtype, dtype, format.getAsInt()));
  }

  /** Whether the instruction set multiplies numbers in BF16. */
  static boolean multipliesBrains(CpuKernels kernels) {
    return switch (kernels.instructions()) {
      case AVX512BF16, AMX -> true;
      case PORTABLE, AVX2, AVXVNNI, AVX512, AVX512VNNI, NEON, DOTPROD, I8MM -> false;
    };
  }

  /** The kernel for a matrix in F32 or F16 that is rounded to BF16. */
  static MatMulKernel rounding(CpuKernels kernels, DType stored) {
    return new NativeMatMul(kernels, stored, DType.BF16, CpuKernels.BF16);
  }

  /** The library's number of a format. */
  private static OptionalInt format(DType dtype) {
    return switch (dtype) {
      case Q4_0 -> OptionalInt.of(CpuKernels.Q4_0);
      case Q4_1 -> OptionalInt.of(CpuKernels.Q4_1);
      case Q5_0 -> OptionalInt.of(CpuKernels.Q5_0);
      case Q5_1 -> OptionalInt.of(CpuKernels.Q5_1);
      case Q8_0 -> OptionalInt.of(CpuKernels.Q8_0);
      case Q2_K -> OptionalInt.of(CpuKernels.Q2_K);
      case Q3_K -> OptionalInt.of(CpuKernels.Q3_K);
      case Q4_K -> OptionalInt.of(CpuKernels.Q4_K);
      case Q5_K -> OptionalInt.of(CpuKernels.Q5_K);
      case Q6_K -> OptionalInt.of(CpuKernels.Q6_K);
      case IQ4_NL -> OptionalInt.of(CpuKernels.IQ4_NL);
      case IQ4_XS -> OptionalInt.of(CpuKernels.IQ4_XS);
      case F32 -> OptionalInt.of(CpuKernels.F32);
      case F16 -> OptionalInt.of(CpuKernels.F16);
      case BF16 -> OptionalInt.of(CpuKernels.BF16);
      case MXFP4 -> OptionalInt.of(CpuKernels.MXFP4);
      case NVFP4 -> OptionalInt.of(CpuKernels.NVFP4);
      case Q1_0 -> OptionalInt.of(CpuKernels.Q1_0);
      case Q2_0 -> OptionalInt.of(CpuKernels.Q2_0);
      case TQ1_0 -> OptionalInt.of(CpuKernels.TQ1_0);
      case TQ2_0 -> OptionalInt.of(CpuKernels.TQ2_0);
      case IQ1_S -> OptionalInt.of(CpuKernels.IQ1_S);
      case IQ1_M -> OptionalInt.of(CpuKernels.IQ1_M);
      case IQ2_XXS -> OptionalInt.of(CpuKernels.IQ2_XXS);
      case IQ2_XS -> OptionalInt.of(CpuKernels.IQ2_XS);
      case IQ2_S -> OptionalInt.of(CpuKernels.IQ2_S);
      case IQ3_XXS -> OptionalInt.of(CpuKernels.IQ3_XXS);
      case IQ3_S -> OptionalInt.of(CpuKernels.IQ3_S);
      default -> OptionalInt.empty();
    };
  }

  @Override
  public String name() {
    String name = "cpu." + kernels.instructions().id() + "." + id(stored);
    return stored == dtype ? name : name + "." + id(dtype);
  }

  @Override
  public String layout() {
    return "cpu.x32." + id(dtype);
  }

  private static String id(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  /** Block formats whose rows have as many bytes share one. */
  @Override
  public String preparation() {
    return dtype.isFloat() ? layout() : "cpu.q8." + kernels.rowBytes(format, COLUMNS);
  }

  @Override
  public int tileRows() {
    return ROWS;
  }

  @Override
  public long packedBytes(int n, int k) {
    return Math.multiplyExact((long) tiles(n), kernels.tileBytes(format, k));
  }

  @Override
  public void pack(Tensor weights, MemorySegment packed, int fromTile, int toTile) {
    if (weights.dtype() != stored) {
      throw new IllegalArgumentException(name() + " packs " + stored + ", not " + weights.dtype());
    }
    if (stored != dtype) {
      packRounded(weights, packed, fromTile, toTile);
      return;
    }
    int n = Math.toIntExact(weights.shape().dim(0));
    int k = Math.toIntExact(weights.shape().dim(1));
    long rowBytes = weights.rowBytes();
    long tileBytes = kernels.tileBytes(format, k);
    long rows = Memory.address(weights.data(), 0, n * rowBytes);
    long tiles = Memory.address(packed, 0, toTile * tileBytes);
    for (int tile = fromTile; tile < toTile; tile++) {
      int first = tile * ROWS;
      kernels.pack(
          format,
          rows + first * rowBytes,
          rowBytes,
          Math.min(ROWS, n - first),
          k,
          tiles + tile * tileBytes);
    }
  }

  private void packRounded(Tensor weights, MemorySegment packed, int fromTile, int toTile) {
    int n = Math.toIntExact(weights.shape().dim(0));
    int k = Math.toIntExact(weights.shape().dim(1));
    long tileBytes = kernels.tileBytes(format, k);
    long tiles = Memory.address(packed, 0, toTile * tileBytes);
    BlockFormat numbers = BlockFormat.of(stored);
    float[] row = new float[k];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(2L * ROWS * k, 64);
      for (int tile = fromTile; tile < toTile; tile++) {
        int first = tile * ROWS;
        int count = Math.min(ROWS, n - first);
        for (int i = 0; i < count; i++) {
          numbers.decode(weights.data(), (first + i) * weights.rowBytes(), row, 0, k);
          for (int c = 0; c < k; c++) {
            rows.setAtIndex(ValueLayout.JAVA_SHORT, (long) i * k + c, toBrain(row[c]));
          }
        }
        kernels.pack(format, rows.address(), 2L * k, count, k, tiles + tile * tileBytes);
      }
    }
  }

  /** To nearest even; what is not a number stays so. */
  private static short toBrain(float x) {
    int bits = Float.floatToRawIntBits(x);
    int top = bits >>> 16;
    return (short) (Float.isNaN(x) ? top | 0x40 : (bits + 0x7fff + (top & 1)) >>> 16);
  }

  @Override
  public long preparedBytes(int m, int k) {
    return m * kernels.rowBytes(format, k);
  }

  @Override
  public void prepare(
      MemorySegment x,
      long xOffset,
      int m,
      int k,
      MemorySegment prepared,
      long preparedOffset,
      int fromRow,
      int toRow) {
    if (preparedBytes(m, k) == 0) {
      return;
    }
    kernels.prepare(
        format,
        Memory.address(x, xOffset, 4L * m * k),
        k,
        Memory.address(prepared, preparedOffset, preparedBytes(m, k)),
        fromRow,
        toRow);
  }

  @Override
  public long scratchBytes(int m, int n, int k) {
    return m == 1 ? 0 : kernels.scratchBytes(format, k);
  }

  @Override
  public void multiply(
      MemorySegment packed,
      MemorySegment x,
      long xOffset,
      MemorySegment prepared,
      long preparedOffset,
      int m,
      int n,
      int k,
      MemorySegment y,
      long yOffset,
      long yStride,
      int fromTile,
      int toTile,
      MemorySegment scratch,
      long scratchOffset) {
    int end = Math.min(toTile, tiles(n));
    if (m == 0 || fromTile >= end) {
      return;
    }
    kernels.matMul(
        format,
        Memory.address(packed, 0, packedBytes(n, k)),
        preparedBytes(m, k) == 0
            ? Memory.address(x, xOffset, 4L * m * k)
            : Memory.address(prepared, preparedOffset, preparedBytes(m, k)),
        m,
        n,
        k,
        Memory.address(y, yOffset, 4 * ((m - 1) * yStride + n)),
        yStride,
        fromTile,
        end,
        Memory.address(scratch, scratchOffset, scratchBytes(m, n, k)));
  }

  private static int tiles(int n) {
    return (n + ROWS - 1) / ROWS;
  }
}
