package dev.gatun.openvinobackend.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Integers, scales and minima give what the format's own decoder gives. */
class GroupFormatTest {
  @Test
  void blocksDecodeToTheSameNumbers() {
    int formats = 0;
    for (DType dtype : DType.values()) {
      if (GroupFormat.of(dtype).isPresent()) {
        check(GroupFormat.of(dtype).get());
        formats++;
      }
    }
    assertEquals(11, formats);
  }

  private static void check(GroupFormat format) {
    DType dtype = format.dtype();
    Random random = new Random(dtype.name().hashCode());
    int elements = dtype.blockElements();
    for (int round = 0; round < 50; round++) {
      byte[] block = new byte[dtype.blockBytes()];
      random.nextBytes(block);
      float[] expected = new float[elements];
      BlockFormat.of(dtype).decode(block, 0, expected, 0, elements);
      int[] q = new int[elements];
      float[] scales = new float[format.groups()];
      float[] minima = new float[format.groups()];
      format.read(block, 0, q, scales, minima);
      int least =
          format.elementType().equals("u4") || format.elementType().equals("u8")
              ? 0
              : format.isNibbles() ? -8 : -128;
      int most =
          format.elementType().equals("u4")
              ? 15
              : format.elementType().equals("u8") ? 255 : format.isNibbles() ? 7 : 127;
      for (int i = 0; i < elements; i++) {
        assertTrue(q[i] >= least && q[i] <= most, dtype + ": " + q[i]);
        int group = i / format.group();
        float value = scales[group] * q[i] + minima[group];
        if (Float.isFinite(expected[i])) {
          assertEquals(expected[i], value, Math.ulp(expected[i]), dtype + " element " + i);
        }
      }
    }
  }
}
