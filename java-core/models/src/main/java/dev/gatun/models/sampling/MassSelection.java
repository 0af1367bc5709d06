package dev.gatun.models.sampling;

import java.util.Arrays;

/**
 * Finds how far down an order of items one must go until their masses reach a target, without
 * sorting: histograms of mass over the leading 11 bits of the sort keys, then the next 11, then the
 * last 10 (a radix selection). Time is linear in the number of items.
 */
final class MassSelection {
  private static final int[] SHIFTS = {21, 10, 0};

  private final double[] histogram = new double[1 << 11];
  private double above;

  /**
   * The largest key such that the items with this key or a larger one reach the target together;
   * the smallest key of all when that is not enough.
   *
   * @param keys larger is better; not empty
   * @param inclusive whether a mass equal to the target reaches it
   */
  int threshold(int[] keys, double[] masses, int count, double target, boolean inclusive) {
    above = 0;
    int prefix = 0;
    int decided = 0;
    for (int shift : SHIFTS) {
      int digits = shift == 0 ? 1 << 10 : 1 << 11;
      Arrays.fill(histogram, 0, digits, -1);
      for (int i = 0; i < count; i++) {
        int key = keys[i] ^ Integer.MIN_VALUE;
        if ((key & decided) == prefix) {
          int digit = (key >>> shift) & (digits - 1);
          histogram[digit] = Math.max(0, histogram[digit]) + masses[i];
        }
      }
      prefix |= digit(digits, target, inclusive) << shift;
      decided |= (digits - 1) << shift;
    }
    return prefix ^ Integer.MIN_VALUE;
  }

  /** Mass of the items with a larger key than the threshold found last. */
  double above() {
    return above;
  }

  /** The digit that holds the threshold; empty ones are negative in the histogram. */
  private int digit(int digits, double target, boolean inclusive) {
    int lowest = -1;
    double before = above;
    for (int digit = digits - 1; digit >= 0; digit--) {
      if (histogram[digit] >= 0) {
        lowest = digit;
        before = above;
        above += histogram[digit];
        if (reaches(above, target, inclusive)) {
          break;
        }
      }
    }
    above = before;
    return lowest;
  }

  static boolean reaches(double mass, double target, boolean inclusive) {
    return inclusive ? mass >= target : mass > target;
  }
}
