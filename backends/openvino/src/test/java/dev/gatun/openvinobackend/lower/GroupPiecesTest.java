package dev.gatun.openvinobackend.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Integers with whole zero points, and the rests, give what the format's own decoder gives. */
class GroupPiecesTest {
  private static final int ROWS = 5;
  private static final int COLUMNS = 512;

  @Test
  void wholeZeroPointsAndRestsAreExact() {
    int formats = 0;
    for (DType dtype : DType.values()) {
      if (GroupFormat.of(dtype).filter(GroupFormat::shifted).isPresent()) {
        check(GroupFormat.of(dtype).get());
        formats++;
      }
    }
    assertEquals(5, formats);
  }

  private static void check(GroupFormat format) {
    DType dtype = format.dtype();
    float[] values = new float[ROWS * COLUMNS];
    Random random = new Random(dtype.name().hashCode());
    for (int i = 0; i < values.length; i++) {
      // Groups on both sides of zero, on one side, and of one value.
      double center = i / 32 % 4 - 1;
      values[i] = (float) (i / 32 % 5 == 0 ? center : center + random.nextGaussian() / 3);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(dtype.byteSize(values.length), 64);
      fill(dtype, values, random, data);
      var pieces =
          new GroupPieces(new Tensor(dtype, Shape.of(ROWS, COLUMNS), data), format, Rows.PLAIN);
      int groups = values.length / format.group();
      MemorySegment q = arena.allocate(format.isNibbles() ? values.length / 2 : values.length);
      MemorySegment zeroPoints = arena.allocate(groups);
      MemorySegment scales = arena.allocate(4L * groups, 4);
      MemorySegment rests = arena.allocate(4L * groups, 4);
      pieces.values(q);
      pieces.wholeZeroPoints(zeroPoints);
      pieces.scales(scales);
      pieces.rests(rests);
      float[] expected = new float[values.length];
      BlockFormat.of(dtype).decode(data, 0, expected, 0, values.length);
      int compared = 0;
      for (int i = 0; i < values.length; i++) {
        int group = i / format.group();
        double scale = scales.getAtIndex(ValueLayout.JAVA_FLOAT, group);
        int zeroPoint = zeroPoints.get(ValueLayout.JAVA_BYTE, group) & 255;
        double rest = rests.getAtIndex(ValueLayout.JAVA_FLOAT, group);
        double made = scale * (integer(format, q, i) - zeroPoint) + rest;
        // A rest is rounded to single precision once, the decoder's sum another time.
        double bound = 0x1p-100 + 2 * Math.ulp((float) (Math.abs(rest) + Math.abs(scale * 255)));
        if (Float.isFinite(expected[i])) {
          assertEquals(expected[i], made, bound, dtype + " element " + i);
          compared++;
        }
      }
      assertTrue(compared > values.length / 2, dtype + ": " + compared);
    }
  }

  private static void fill(DType dtype, float[] values, Random random, MemorySegment data) {
    if (BlockFormat.of(dtype).canEncode()) {
      BlockFormat.of(dtype).encode(values, 0, data, 0, values.length);
    } else {
      byte[] blocks = new byte[(int) data.byteSize()];
      random.nextBytes(blocks);
      data.copyFrom(MemorySegment.ofArray(blocks));
    }
  }

  /** Rows with a part of a plane filled up, and ones whose groups fill it. */
  @Test
  void restsBehindTheIntegersAreRoundedToEightBits() {
    int formats = 0;
    for (DType dtype : DType.values()) {
      if (GroupFormat.of(dtype).filter(GroupFormat::shifted).isPresent()) {
        checkJoined(GroupFormat.of(dtype).get(), COLUMNS);
        checkJoined(GroupFormat.of(dtype).get(), 1024);
        formats++;
      }
    }
    assertEquals(5, formats);
  }

  private static void checkJoined(GroupFormat format, int columns) {
    DType dtype = format.dtype();
    float[] values = new float[ROWS * columns];
    Random random = new Random(dtype.name().hashCode());
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() + i / 32 % 3);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(dtype.byteSize(values.length), 64);
      fill(dtype, values, random, data);
      var tensor = new Tensor(dtype, Shape.of(ROWS, columns), data);
      var joined = new JoinedPieces(tensor, format, Rows.PLAIN);
      int group = format.group();
      int width = (int) JoinedPieces.width(format, columns);
      int groups = width / group;
      MemorySegment q = arena.allocate((long) ROWS * width / (format.isNibbles() ? 2 : 1));
      MemorySegment zeroPoints = arena.allocate((long) ROWS * groups);
      MemorySegment scales = arena.allocate(4L * ROWS * groups, 4);
      joined.values(q);
      joined.zeroPoints(zeroPoints);
      joined.scales(scales);
      float[] expected = new float[values.length];
      BlockFormat.of(dtype).decode(data, 0, expected, 0, values.length);
      int count = columns / group;
      int filled = JoinedPieces.filled(format, count);
      int compared = 0;
      for (int row = 0; row < ROWS; row++) {
        double[] wide = new double[width];
        for (int i = 0; i < width; i++) {
          int at = row * groups + i / group;
          wide[i] =
              (integer(format, q, row * width + i)
                      - (zeroPoints.get(ValueLayout.JAVA_BYTE, at) & 255))
                  * (double) scales.getAtIndex(ValueLayout.JAVA_FLOAT, at);
        }
        for (int i = 0; i < columns; i++) {
          double rest = 0;
          for (int plane = 0; plane < JoinedPieces.planes(format); plane++) {
            rest += wide[columns + plane * filled + i / group];
          }
          double step = scales.getAtIndex(ValueLayout.JAVA_FLOAT, row * groups + groups - 1);
          for (int other = count; other < groups; other++) {
            float each = scales.getAtIndex(ValueLayout.JAVA_FLOAT, row * groups + other);
            step = Math.max(step, format.isNibbles() ? each / 16 : each);
          }
          double exact = expected[row * columns + i];
          if (Double.isFinite(exact) && Double.isFinite(step)) {
            double bound = 0.5001 * step + 0x1p-20 * (Math.abs(exact) + Math.abs(rest)) + 1e-30;
            assertEquals(exact, wide[i] + rest, bound, dtype + " element " + i);
            compared++;
          }
        }
        for (int plane = 0; plane < JoinedPieces.planes(format); plane++) {
          for (int i = count; i < filled; i++) {
            double padding = wide[columns + plane * filled + i];
            assertTrue(padding == 0 || Double.isNaN(padding), dtype + " padding " + padding);
          }
        }
      }
      assertTrue(compared > values.length / 4, dtype + ": " + compared);
    }
  }

  private static int integer(GroupFormat format, MemorySegment q, int index) {
    if (format.isNibbles()) {
      return (q.get(ValueLayout.JAVA_BYTE, index / 2) >> (4 * (index % 2))) & 15;
    }
    return q.get(ValueLayout.JAVA_BYTE, index) & 255;
  }
}
