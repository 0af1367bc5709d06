package dev.gatun.models.jinja;

/**
 * What one rendering may use before it is stopped. A template comes with a model file, so it is
 * hostile until proven otherwise: it can loop, double strings and recurse.
 *
 * @param steps evaluated nodes and touched elements
 * @param chars UTF-16 units of all text produced, intermediate strings included
 * @param depth nesting of evaluation (macros, blocks, expressions) and of values
 */
public record Limits(long steps, long chars, int depth) {
  /**
   * Enough for a conversation of thousands of messages; reached by a hostile template in about a
   * second and within some hundred megabytes. The depth fits a thread stack of 512 KiB.
   */
  public static final Limits DEFAULT = new Limits(5_000_000, 256L << 20, 500);

  public Limits {
    if (steps < 1 || chars < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "template limits must be positive: " + steps + ", " + chars + ", " + depth);
    }
  }
}
