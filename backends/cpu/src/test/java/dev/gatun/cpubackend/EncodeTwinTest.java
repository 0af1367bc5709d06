package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.runtime.spi.BlockEncoder;
import dev.gatun.tensor.DType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Blocks of every instruction set are those of the encoders in Java, byte for byte, for sound rows
 * and for bad ones; those are compared with llama.cpp's in {@code java-core/quantize}.
 */
class EncodeTwinTest {
  /** Rows and columns; the last sizes leave lanes empty, or rows apart. */
  private static final int[][] SIZES = {{1, 256}, {1, 512}, {3, 768}, {2, 1792}};

  private static final int[][] SMALL_SIZES = {{1, 32}, {3, 96}, {5, 608}, {2, 1024}};

  /** Ways to make a number of a normal one. */
  private enum Kind {
    NORMAL,
    HEAVY,
    SPARSE,
    SUBNORMAL,
    TINY,
    FADING,
    TIES,
    POSITIVE,
    NEGATIVE,
    CONSTANT,
    OVERFLOW,
    /** A little below powers of two, whose logarithms round up. */
    BELOW_POWERS;

    float value(Random random, int i) {
      float x = (float) (0.04 * random.nextGaussian());
      return switch (this) {
        case NORMAL -> x;
        case HEAVY -> Math.scalb(x, Integer.numberOfTrailingZeros(random.nextInt() | 1 << 12));
        case SPARSE -> random.nextInt(16) == 0 ? x : random.nextBoolean() ? 0f : -0f;
        case SUBNORMAL -> Float.intBitsToFloat(random.nextInt() & 0x807f_ffff);
        case TINY -> Math.scalb(x, -100);
        case FADING -> Math.scalb(x, -(i % 512) / 8);
        case TIES -> Math.scalb((float) (random.nextInt(64) - 32), -8);
        case POSITIVE -> Math.abs(x);
        case NEGATIVE -> -Math.abs(x);
        case CONSTANT -> i / 32 % 3 - 0.75f;
        case OVERFLOW -> Math.scalb(x, 105);
        case BELOW_POWERS ->
            Math.scalb(1 - Math.scalb(1f, -24) * random.nextInt(40), i / 32 * 7 % 250 - 125);
      };
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
        "IQ4_XS", "MXFP4"
      })
  void blocksAreThoseOfJava(DType dtype) {
    for (Kind kind : Kind.values()) {
      for (int[] size : dtype.blockElements() == 32 ? SMALL_SIZES : SIZES) {
        compare(dtype, kind, size[0], size[1]);
      }
    }
  }

  /** More than is copied to native memory at a time. */
  @Test
  void manyRowsAndLongOnes() {
    compare(DType.Q8_0, Kind.NORMAL, 70, 1024);
    compare(DType.Q4_0, Kind.HEAVY, 2, 65_568);
    compare(DType.Q6_K, Kind.NORMAL, 2, 65_792);
  }

  private static void compare(DType dtype, Kind kind, int rows, int columns) {
    var random = new Random(rows + columns);
    BlockQuantizer scalar = BlockQuantizer.scalar(dtype);
    float[] x = new float[3 + rows * columns];
    for (int i = 3; i < x.length; i++) {
      x[i] = kind.value(random, i);
    }
    int bytes = (int) (rows * dtype.byteSize(columns)) + 12;
    for (int weighting = 0; weighting < (scalar.usesImportance() ? 3 : 1); weighting++) {
      float[] importance = weighting == 0 ? null : importance(random, columns, weighting == 2);
      byte[] expected = new byte[bytes];
      scalar.quantize(x, 3, rows, columns, importance, expected, 5);
      for (CpuKernels kernels : Library.kernels()) {
        var encoder = new NativeBlockEncoder(kernels);
        assertTrue(encoder.encodes(dtype), encoder.name() + " " + dtype);
        byte[] actual = new byte[bytes];
        encoder.encode(dtype, x, 3, rows, columns, importance, actual, 5);
        int different = Arrays.mismatch(expected, actual);
        assertEquals(
            -1,
            different,
            () ->
                "%s %s %s %d x %d, importance %s: byte %d of block %d"
                    .formatted(
                        encoder.name(),
                        dtype,
                        kind,
                        rows,
                        columns,
                        importance != null,
                        (different - 5) % dtype.blockBytes(),
                        (different - 5) / dtype.blockBytes()));
      }
    }
  }

  private static float[] importance(Random random, int columns, boolean zeros) {
    float[] importance = new float[columns];
    for (int i = 0; i < columns; i++) {
      boolean cleared = zeros && (i / 32 % 4 == 1 || random.nextInt(3) == 0);
      importance[i] = cleared ? 0 : (float) Math.exp(2 * random.nextGaussian());
    }
    return importance;
  }

  @Test
  void theKernelsAreFoundAndUsed() {
    String widest = "cpu." + Library.kernels().getLast().instructions().id();
    BlockQuantizer quantizer = BlockQuantizer.of(DType.Q4_K);
    assertEquals(widest, quantizer.encoder(), () -> BlockQuantizer.missingKernels().toString());
    assertEquals("java", BlockQuantizer.of(DType.IQ3_S).encoder());
    assertEquals("java", BlockQuantizer.scalar(DType.Q4_K).encoder());
    BlockEncoder encoder = new NativeBlockEncoder(Library.kernels().getLast());
    assertTrue(!encoder.encodes(DType.IQ3_S) && !encoder.encodes(DType.F16));
  }
}
