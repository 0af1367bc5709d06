package dev.gatun.quantize.convert;

import java.util.Arrays;

/** Floating-point numbers of four and eight bits as MLX rounds them, without infinities. */
// The array is written by the constructor alone.
@SuppressWarnings("ImmutableEnumChecker")
enum MiniFloat {
  /** One bit of mantissa; ties go to the smaller magnitude, and zero has no sign. */
  E2M1(3, 1, 1, 7),
  /** Three bits of mantissa; ties go to even codes. */
  E4M3(7, 3, 7, 126);

  private final int signBit;
  private final float[] magnitudes;

  /**
   * @param signBit position of the sign
   * @param mantissa bits of the mantissa
   * @param bias of the exponent
   * @param most code of the largest number
   */
  MiniFloat(int signBit, int mantissa, int bias, int most) {
    this.signBit = signBit;
    magnitudes = new float[most + 1];
    for (int code = 0; code <= most; code++) {
      int exponent = code >> mantissa;
      int fraction = code & (1 << mantissa) - 1;
      int whole = exponent == 0 ? fraction : fraction + (1 << mantissa);
      magnitudes[code] = Math.scalb((float) whole, Math.max(exponent, 1) - bias - mantissa);
    }
  }

  /** The largest number. */
  float largest() {
    return magnitudes[magnitudes.length - 1];
  }

  /** The code of the nearest number; beyond the largest, the largest. */
  int encode(float value) {
    float magnitude = Math.abs(value);
    int at = Arrays.binarySearch(magnitudes, magnitude);
    int code = at >= 0 ? at : nearest(magnitude, -at - 1);
    boolean negative = Float.floatToRawIntBits(value) < 0 && (code > 0 || this == E4M3);
    return negative ? code | 1 << signBit : code;
  }

  private int nearest(float magnitude, int above) {
    if (above == magnitudes.length) {
      return above - 1;
    }
    // Both differences are exact: the numbers are within a factor of two of each other, or tiny.
    float up = magnitudes[above] - magnitude;
    float down = magnitude - magnitudes[above - 1];
    boolean tieGoesUp = this == E4M3 && above % 2 == 0;
    return up < down || (up == down && tieGoesUp) ? above : above - 1;
  }

  /** The number of a code; NaN of a code that is none. */
  float decode(int code) {
    int magnitude = code & (1 << signBit) - 1;
    float value = magnitude < magnitudes.length ? magnitudes[magnitude] : Float.NaN;
    return code >> signBit == 0 ? value : -value;
  }
}
