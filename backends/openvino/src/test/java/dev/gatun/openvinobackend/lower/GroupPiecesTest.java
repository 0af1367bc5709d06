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
      if (BlockFormat.of(dtype).canEncode()) {
        BlockFormat.of(dtype).encode(values, 0, data, 0, values.length);
      } else {
        byte[] blocks = new byte[(int) data.byteSize()];
        random.nextBytes(blocks);
        data.copyFrom(MemorySegment.ofArray(blocks));
      }
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

  private static int integer(GroupFormat format, MemorySegment q, int index) {
    if (format.isNibbles()) {
      return (q.get(ValueLayout.JAVA_BYTE, index / 2) >> (4 * (index % 2))) & 15;
    }
    return q.get(ValueLayout.JAVA_BYTE, index) & 255;
  }
}
