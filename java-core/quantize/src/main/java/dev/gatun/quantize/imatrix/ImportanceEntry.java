package dev.gatun.quantize.imatrix;

import java.util.Arrays;

/**
 * What was seen at the input of one weight tensor: for each column the sum over the input rows of
 * the squared input. A tensor of several matrices (the experts of a mixture) has the sums of one
 * matrix after the other, and either one count per matrix or a single one for all.
 *
 * <p>Immutable.
 */
public final class ImportanceEntry {
  private final float[] sums;
  private final long[] counts;

  private ImportanceEntry(float[] sums, long[] counts) {
    this.sums = sums;
    this.counts = counts;
  }

  /**
   * An entry of copies of these.
   *
   * @param sums finite and not negative
   * @param counts input rows (chunks, where {@link ImportanceMatrix#perChunk()}) that each part of
   *     {@code sums} was made of, not negative
   * @throws IllegalArgumentException when there is no sum or no count, a value is out of range, or
   *     the counts do not divide the sums into equal parts
   */
  public static ImportanceEntry of(float[] sums, long... counts) {
    if (sums.length == 0 || counts.length == 0) {
      throw new IllegalArgumentException("has no values");
    }
    if (sums.length % counts.length != 0) {
      throw new IllegalArgumentException(
          "has %d sums, which %d counts do not divide".formatted(sums.length, counts.length));
    }
    for (int i = 0; i < sums.length; i++) {
      if (!Float.isFinite(sums[i]) || sums[i] < 0) {
        throw new IllegalArgumentException(
            "has %s at %d, which is no sum of squares".formatted(sums[i], i));
      }
    }
    for (long count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException("has the count " + count);
      }
    }
    return new ImportanceEntry(sums.clone(), counts.clone());
  }

  /** How many sums there are: columns times matrices. */
  public int size() {
    return sums.length;
  }

  /** How many counts there are. */
  public int parts() {
    return counts.length;
  }

  /** Sums that share one count. */
  public int partSize() {
    return sums.length / counts.length;
  }

  /** The sum of squares at {@code index}. */
  public float sum(int index) {
    return sums[index];
  }

  /** The count of one part. */
  public long count(int part) {
    return counts[part];
  }

  /** The largest count. */
  public long maxCount() {
    return Arrays.stream(counts).max().orElse(0);
  }

  /** Parts that no input row was sent to. */
  public int emptyParts() {
    return (int) Arrays.stream(counts).filter(count -> count == 0).count();
  }

  /** A copy of the sums. */
  public float[] sums() {
    return sums.clone();
  }

  /** A copy of the counts. */
  public long[] counts() {
    return counts.clone();
  }

  /**
   * The mean squared input of each column, as a quantizer wants it; 1 for all columns of a part
   * without input, so that nothing is known and nothing is preferred there.
   */
  public float[] weights() {
    float[] weights = new float[sums.length];
    int size = partSize();
    for (int part = 0; part < counts.length; part++) {
      int from = part * size;
      float count = counts[part];
      if (count == 0) {
        Arrays.fill(weights, from, from + size, 1);
        continue;
      }
      for (int i = from; i < from + size; i++) {
        weights[i] = sums[i] / count;
      }
    }
    return weights;
  }

  /** Everything times {@code factor}: what chunks become when rows are counted. */
  ImportanceEntry times(int factor) {
    float[] scaled = sums.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return of(scaled, Arrays.stream(counts).map(c -> Math.multiplyExact(c, factor)).toArray());
  }

  /**
   * Both together. A single count joins several as if each part had it.
   *
   * @throws IllegalArgumentException when the sizes differ
   */
  ImportanceEntry plus(ImportanceEntry other) {
    if (sums.length != other.sums.length) {
      throw new IllegalArgumentException(
          "has %d values in one and %d in the other".formatted(sums.length, other.sums.length));
    }
    int parts = Math.max(counts.length, other.counts.length);
    if ((counts.length != parts && counts.length != 1)
        || (other.counts.length != parts && other.counts.length != 1)) {
      throw new IllegalArgumentException(
          "has %d counts in one and %d in the other".formatted(counts.length, other.counts.length));
    }
    float[] sum = sums.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.sums[i];
    }
    long[] total = new long[parts];
    for (int part = 0; part < parts; part++) {
      total[part] =
          Math.addExact(counts[part % counts.length], other.counts[part % other.counts.length]);
    }
    return of(sum, total);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImportanceEntry that
        && Arrays.equals(sums, that.sums)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(sums) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return sums.length + " sums, counts " + Arrays.toString(counts);
  }
}
