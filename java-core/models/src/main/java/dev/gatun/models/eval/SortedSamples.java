package dev.gatun.models.eval;

import java.util.Arrays;

/** Samples in ascending order. Immutable. */
public final class SortedSamples {
  private final float[] sorted;

  private SortedSamples(float[] sorted) {
    this.sorted = sorted;
  }

  /**
   * A sorted copy.
   *
   * @throws IllegalArgumentException when there are none
   */
  public static SortedSamples of(float... samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    float[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new SortedSamples(sorted);
  }

  public int size() {
    return sorted.length;
  }

  /** The sample at {@code index}, from 0 for the smallest. */
  public float get(int index) {
    return sorted[index];
  }

  public float min() {
    return sorted[0];
  }

  public float max() {
    return sorted[sorted.length - 1];
  }

  /**
   * What {@code fraction} of the samples are below: interpolated between the two nearest.
   *
   * @param fraction from 0 for the smallest to 1 for the largest
   */
  public double percentile(double fraction) {
    double place = Math.clamp(fraction, 0, 1) * (sorted.length - 1);
    int below = (int) place;
    double above = place - below;
    return (1 - above) * sorted[below] + above * sorted[Math.min(below + 1, sorted.length - 1)];
  }

  public double median() {
    return percentile(0.5);
  }

  /** Arithmetic mean. */
  public double mean() {
    double sum = 0;
    for (float sample : sorted) {
      sum += sample;
    }
    return sum / sorted.length;
  }
}
