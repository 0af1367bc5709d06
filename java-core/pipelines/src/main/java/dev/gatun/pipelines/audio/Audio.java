package dev.gatun.pipelines.audio;

import dev.gatun.tensor.GatunException;
import java.nio.file.Path;

/**
 * Sound of one channel. Immutable as long as nobody writes to its samples, which are not copied.
 */
public final class Audio {
  /** Rates beyond it are a damaged header. */
  static final int MAX_RATE = 768_000;

  private final float[] samples;
  private final int rate;

  /**
   * @param samples from -1 to 1
   * @param rate samples per second
   */
  public Audio(float[] samples, int rate) {
    if (rate < 1 || rate > MAX_RATE) {
      throw new IllegalArgumentException("rate " + rate);
    }
    this.samples = samples;
    this.rate = rate;
  }

  /**
   * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or floating point of 32 or 64. Several channels
   * become their mean.
   *
   * @throws GatunException when it cannot be read, is no WAV file, or is damaged
   */
  public static Audio read(Path file) {
    return WavFile.read(file);
  }

  /** From -1 to 1; not a copy. */
  public float[] samples() {
    return samples;
  }

  /** Samples per second. */
  public int rate() {
    return rate;
  }

  /** Seconds. */
  public double duration() {
    return (double) samples.length / rate;
  }

  /**
   * The same sound at another rate; see {@link Resampler}. This object when it has the rate.
   *
   * @throws GatunException when it would be longer than an array
   */
  public Audio resampled(int other) {
    return other == rate ? this : new Audio(new Resampler(rate, other).run(samples), other);
  }
}
