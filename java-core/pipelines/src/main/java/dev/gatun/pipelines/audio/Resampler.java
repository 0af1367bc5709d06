package dev.gatun.pipelines.audio;

import dev.gatun.tensor.GatunException;

/**
 * Changes the rate of a sound: each new sample is a sum of the old ones around it, weighted by a
 * sinc under a Hann window of six zero crossings to each side; the sinc cuts off at 0.99 of the
 * lower rate's half. These are the defaults of {@code torchaudio.transforms.Resample}, with which
 * speech models are used. Beyond the ends there is silence. Immutable.
 */
final class Resampler {
  private static final int CROSSINGS = 6;
  private static final double CUTOFF = 0.99;

  /** Phases whose weights are kept; common rates need at most 640. */
  private static final int MAX_PHASES = 2048;

  private final int from;
  private final int to;

  /** Cut-off as a fraction of the old rate. */
  private final double scale;

  private final int reach;

  Resampler(int from, int to) {
    int divisor = gcd(from, to);
    this.from = from / divisor;
    this.to = to / divisor;
    scale = Math.min(from, to) * CUTOFF / from;
    reach = (int) Math.ceil(CROSSINGS / scale);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  float[] run(float[] samples) {
    long length = Math.ceilDiv((long) samples.length * to, from);
    if (length > Integer.MAX_VALUE - 8) {
      throw new GatunException(
          GatunException.Kind.FAILURE, "the sound is too long: " + length + " samples");
    }
    float[] result = new float[(int) length];
    double[][] kept = new double[Math.min(to, MAX_PHASES)][];
    for (int i = 0; i < result.length; i++) {
      long position = (long) i * from;
      int phase = (int) (position % to);
      double[] weights = phase < kept.length ? kept[phase] : null;
      if (weights == null) {
        weights = weights((double) phase / to);
        if (phase < kept.length) {
          kept[phase] = weights;
        }
      }
      result[i] = (float) sum(samples, position / to - reach, weights);
    }
    return result;
  }

  private static double sum(float[] samples, long first, double[] weights) {
    int start = (int) Math.max(0, -first);
    int end = (int) Math.min(weights.length, samples.length - first);
    double sum = 0;
    for (int i = start; i < end; i++) {
      sum += weights[i] * samples[(int) (first + i)];
    }
    return sum;
  }

  /** Weights of the samples from {@code -reach} to {@code reach + 1} around a position. */
  private double[] weights(double fraction) {
    double[] weights = new double[2 * reach + 2];
    for (int i = 0; i < weights.length; i++) {
      double t = Math.clamp((i - reach - fraction) * scale, -CROSSINGS, CROSSINGS);
      double window = Math.cos(t * Math.PI / CROSSINGS / 2);
      double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      weights[i] = sinc * window * window * scale;
    }
    return weights;
  }
}
