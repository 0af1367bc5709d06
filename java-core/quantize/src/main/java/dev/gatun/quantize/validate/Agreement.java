package dev.gatun.quantize.validate;

/**
 * How far numbers are from those of a reference.
 *
 * @param elements how many were compared
 * @param snr signal to noise in dB: the reference's energy over that of the differences; infinite
 *     when all are equal
 * @param largest absolute difference of any
 * @param cosine of the angle between both, 1 when both are zero
 * @param notFinite numbers of the candidate that are NaN or infinite where the reference's is not;
 *     they count for nothing else
 */
public record Agreement(long elements, double snr, double largest, double cosine, long notFinite) {
  /** Adds up sums; not thread-safe. */
  static final class Tally {
    private long elements;
    private double signal;
    private double energy;
    private double noise;
    private double dot;
    private double largest;
    private long notFinite;

    /** Compares {@code count} numbers from the starts of both arrays. */
    void add(float[] reference, float[] candidate, int count) {
      elements += count;
      for (int i = 0; i < count; i++) {
        double a = reference[i];
        double b = candidate[i];
        if (!Double.isFinite(a) || !Double.isFinite(b)) {
          notFinite += Double.isFinite(a) ? 1 : 0;
          continue;
        }
        double difference = a - b;
        signal += a * a;
        energy += b * b;
        dot += a * b;
        noise += difference * difference;
        largest = Math.max(largest, Math.abs(difference));
      }
    }

    void add(Tally other) {
      elements += other.elements;
      signal += other.signal;
      energy += other.energy;
      noise += other.noise;
      dot += other.dot;
      largest = Math.max(largest, other.largest);
      notFinite += other.notFinite;
    }

    Agreement result() {
      double snr = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
      boolean zero = signal == 0 && energy == 0;
      double cosine = zero ? 1 : dot / Math.sqrt(Math.max(signal * energy, Double.MIN_NORMAL));
      return new Agreement(elements, snr, largest, Math.min(1, cosine), notFinite);
    }
  }

  /** Of two arrays of one length. */
  public static Agreement of(float[] reference, float[] candidate) {
    if (reference.length != candidate.length) {
      throw new IllegalArgumentException(
          "%d numbers, reference of %d".formatted(candidate.length, reference.length));
    }
    Tally tally = new Tally();
    tally.add(reference, candidate, reference.length);
    return tally.result();
  }

  /** Whether all numbers are the same. */
  public boolean exact() {
    return notFinite == 0 && snr == Double.POSITIVE_INFINITY;
  }
}
