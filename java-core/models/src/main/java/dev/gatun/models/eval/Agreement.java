package dev.gatun.models.eval;

/**
 * How close output vectors are to those of a reference.
 *
 * @param vectors how many were compared
 * @param maxAbs largest absolute difference of any element; NaN when any output was NaN
 * @param decided vectors whose two largest reference values differ by more than the margin
 * @param agreeing decided vectors whose largest element is the reference's
 */
public record Agreement(int vectors, double maxAbs, int decided, int agreeing) {
  public static final Agreement NONE = new Agreement(0, 0, 0, 0);

  /**
   * Compares one vector.
   *
   * @param margin by how much the two largest reference values must differ for their order to count
   * @throws IllegalArgumentException when the lengths differ
   */
  public static Agreement of(float[] actual, float[] expected, double margin) {
    if (actual.length != expected.length) {
      throw new IllegalArgumentException(
          "vector of %d elements, reference of %d".formatted(actual.length, expected.length));
    }
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
    }
    int best = Distribution.argmax(expected);
    boolean decided = expected[best] - Distribution.second(expected, best) > margin;
    boolean agreeing = decided && Distribution.argmax(actual) == best;
    return new Agreement(1, largest, decided ? 1 : 0, agreeing ? 1 : 0);
  }

  /** Both together. */
  public Agreement plus(Agreement other) {
    return new Agreement(
        vectors + other.vectors,
        Math.max(maxAbs, other.maxAbs),
        decided + other.decided,
        agreeing + other.agreeing);
  }

  /** Whether every element is within the tolerance and every decided vector agrees. */
  public boolean within(double tolerance) {
    return maxAbs <= tolerance && agreeing == decided;
  }
}
