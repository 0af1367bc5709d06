package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.Elements;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Numbers as elements of QNN's. Half precision has no room for numbers beyond 65504: they become
 * that, as a mask's "very negative" must stay a number.
 */
public final class Numbers {
  private static final float LARGEST_HALF = 65504f;

  private Numbers() {}

  /** The nearest half, within its range; infinities stay. */
  public static short half(float value) {
    float bounded =
        Float.isInfinite(value) ? value : Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, value));
    return Float.floatToFloat16(bounded);
  }

  /** Writes numbers, from the start of the target. */
  static void write(Elements elements, double[] values, MemorySegment target) {
    for (int i = 0; i < values.length; i++) {
      put(elements, values[i], target, i);
    }
  }

  /** Writes one number. */
  static void put(Elements elements, double value, MemorySegment target, long index) {
    switch (elements) {
      case F32 -> target.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index, (float) value);
      case F16 -> target.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, half((float) value));
      case I32, U32, CODES_I32 ->
          target.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index, Math.toIntExact((long) value));
      case CODES_U16, CODES_I16 ->
          target.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index, (short) (long) value);
      case I8, U8, BOOL, CODES_U8, CODES_I8 ->
          target.set(ValueLayout.JAVA_BYTE, index, (byte) (long) value);
    }
  }
}
