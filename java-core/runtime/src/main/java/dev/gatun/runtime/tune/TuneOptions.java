package dev.gatun.runtime.tune;

/**
 * How much is measured.
 *
 * @param prompt most tokens of the prompt
 * @param generated most tokens after it
 * @param rounds measurements of each value
 */
public record TuneOptions(int prompt, int generated, int rounds) {
  public static final TuneOptions DEFAULT = new TuneOptions(512, 64, 7);

  /** For a look: seconds on a small model. */
  public static final TuneOptions QUICK = new TuneOptions(512, 16, 3);

  public TuneOptions {
    if (prompt < 1 || generated < 1 || rounds < 1) {
      throw new IllegalArgumentException(
          "prompt %d, generated %d, rounds %d".formatted(prompt, generated, rounds));
    }
  }
}
