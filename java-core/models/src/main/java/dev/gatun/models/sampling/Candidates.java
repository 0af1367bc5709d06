package dev.gatun.models.sampling;

import java.util.Arrays;

/**
 * The tokens that may still be chosen, in the order of their ids, which does not depend on how they
 * were selected: so neither does the token that a random number picks. Nothing is allocated after
 * the first use; nothing is ever sorted.
 */
final class Candidates {
  private final int[] ids;
  private final float[] logits;
  private final double[] masses;
  private final int[] keys;
  private final MassSelection selection = new MassSelection();

  /** The best entries so far, the worst of them in front; allocated when it is used. */
  private long[] heap = {};

  private int size;

  /**
   * @param capacity most tokens that are ever kept
   */
  Candidates(int capacity) {
    ids = new int[capacity];
    logits = new float[capacity];
    masses = new double[capacity];
    keys = new int[capacity];
  }

  int size() {
    return size;
  }

  int id(int index) {
    return ids[index];
  }

  float logit(int index) {
    return logits[index];
  }

  /** Takes all tokens that are not forbidden by an infinite logit. */
  void load(float[] values, int count) {
    size = 0;
    for (int i = 0; i < count; i++) {
      float logit = Logits.checked(values, i);
      if (logit != Float.NEGATIVE_INFINITY) {
        keep(i, logit);
      }
    }
    if (size == 0) {
      throw Logits.nothingLeft();
    }
  }

  /** Takes the best tokens: as many as the capacity, fewer if fewer are not forbidden. */
  void loadBest(float[] values, int count) {
    int k = ids.length;
    if (heap.length == 0) {
      heap = new long[k];
    }
    int filled = 0;
    float bound = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      if (!(values[i] <= bound)) {
        long entry = entry(Logits.checked(values, i), i);
        if (filled < k) {
          heap[filled++] = entry;
          if (filled < k) {
            continue;
          }
          for (int root = k / 2 - 1; root >= 0; root--) {
            siftDown(root, heap[root], k);
          }
        } else {
          siftDown(0, entry, k);
        }
        bound = values[idOf(heap[0])];
      }
    }
    if (filled == 0) {
      throw Logits.nothingLeft();
    }
    long worst = heap[0];
    for (int i = 1; i < filled && filled < k; i++) {
      worst = Math.min(worst, heap[i]);
    }
    size = 0;
    float lowest = values[idOf(worst)];
    for (int i = 0; i < count; i++) {
      float logit = values[i];
      if (logit >= lowest && entry(logit, i) >= worst) {
        keep(i, logit);
      }
    }
  }

  /**
   * Takes tokens that somebody else has found to be the best ones.
   *
   * @param tokens their ids, in any order
   * @param values their logits
   * @param count how many there are, at most the capacity
   */
  void take(int[] tokens, float[] values, int count) {
    size = 0;
    for (int i = 0; i < count; i++) {
      float logit = Logits.checked(values[i], tokens[i]);
      if (logit == Float.NEGATIVE_INFINITY) {
        continue;
      }
      int at = size++;
      for (; at > 0 && ids[at - 1] > tokens[i]; at--) {
        ids[at] = ids[at - 1];
        logits[at] = logits[at - 1];
      }
      ids[at] = tokens[i];
      logits[at] = logit;
    }
    if (size == 0) {
      throw Logits.nothingLeft();
    }
  }

  /** Sorts as the tokens do: by logit, then by falling id. */
  private static long entry(float logit, int id) {
    return ((long) Logits.sortable(logit) << 32) | (~id & 0xffff_ffffL);
  }

  private static int idOf(long entry) {
    return ~(int) entry;
  }

  private void siftDown(int at, long entry, int length) {
    int parent = at;
    for (int child = 2 * parent + 1; child < length; child = 2 * parent + 1) {
      if (child + 1 < length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (entry <= heap[child]) {
        break;
      }
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = entry;
  }

  private void keep(int id, float logit) {
    ids[size] = id;
    logits[size++] = logit;
  }

  float largestLogit() {
    float largest = logits[0];
    for (int i = 1; i < size; i++) {
      largest = Math.max(largest, logits[i]);
    }
    return largest;
  }

  /** Index of the best candidate. */
  int best() {
    return Logits.best(logits, size);
  }

  void divideBy(float temperature) {
    for (int i = 0; i < size; i++) {
      logits[i] /= temperature;
    }
  }

  /**
   * Sets each mass to e^(logit - largest logit); a probability is a mass divided by the sum that
   * this returns.
   */
  double computeMasses() {
    float largest = largestLogit();
    double total = 0;
    for (int i = 0; i < size; i++) {
      double mass = Exponential.exp((double) logits[i] - largest);
      masses[i] = mass;
      total += mass;
    }
    return total;
  }

  double mass(int index) {
    return masses[index];
  }

  /** Keeps the likeliest tokens, until they have this probability. */
  void keepTopP(float p) {
    double total = computeMasses();
    for (int i = 0; i < size; i++) {
      keys[i] = Logits.sortable(logits[i]);
    }
    keepMass(p * total, true);
  }

  /** Keeps the tokens nearest to the entropy, until they have more than this probability. */
  void keepTypical(float p) {
    double total = computeMasses();
    double logTotal = StrictMath.log(total);
    float largest = largestLogit();
    double entropy = 0;
    for (int i = 0; i < size; i++) {
      entropy += masses[i] * (logTotal - ((double) logits[i] - largest));
    }
    entropy /= total;
    for (int i = 0; i < size; i++) {
      double surprise = logTotal - ((double) logits[i] - largest);
      keys[i] = Logits.sortable(-(float) Math.abs(surprise - entropy));
    }
    keepMass(p * total, false);
  }

  private void keepMass(double target, boolean inclusive) {
    int threshold = selection.threshold(keys, masses, size, target, inclusive);
    double mass = selection.above();
    boolean reached = false;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      boolean tie = keys[i] == threshold;
      if (keys[i] > threshold || (tie && !reached)) {
        if (tie) {
          mass += masses[i];
          reached = MassSelection.reaches(mass, target, inclusive);
        }
        ids[kept] = ids[i];
        logits[kept++] = logits[i];
      }
    }
    size = kept;
  }

  /** Keeps the tokens whose logit is this or larger; the best one in any case. */
  void keepAtLeast(double bound) {
    double lowest = Math.min(bound, largestLogit());
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (logits[i] >= lowest) {
        ids[kept] = ids[i];
        logits[kept++] = logits[i];
      }
    }
    size = kept;
  }

  /**
   * The index that a number picks.
   *
   * @param total what {@link #computeMasses} returned
   * @param uniform in [0, 1)
   */
  int pick(double total, double uniform) {
    double target = total * uniform;
    double sum = 0;
    int last = 0;
    for (int i = 0; i < size; i++) {
      if (masses[i] > 0) {
        sum += masses[i];
        last = i;
        if (sum > target) {
          break;
        }
      }
    }
    return last;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(ids, size));
  }
}
