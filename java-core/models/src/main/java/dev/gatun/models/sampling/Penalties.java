package dev.gatun.models.sampling;

/**
 * Penalties on tokens that occurred among the last ones.
 *
 * <p>Sources: repetition, N. S. Keskar et al., "CTRL", 2019 (negative logits are multiplied instead
 * of divided, else the penalty would favour them); presence and frequency, OpenAI's API reference.
 */
final class Penalties {
  private final float repeat;
  private final float presence;
  private final float frequency;
  private final TokenWindow window;
  private final int[] counts;

  Penalties(SamplerOptions options, int vocabularySize) {
    repeat = options.repeatPenalty();
    presence = options.presencePenalty();
    frequency = options.frequencyPenalty();
    window = new TokenWindow(options.penaltyLastN());
    counts = new int[vocabularySize];
  }

  static boolean enabled(SamplerOptions options) {
    return options.penaltyLastN() > 0
        && (options.repeatPenalty() != 1
            || options.presencePenalty() != 0
            || options.frequencyPenalty() != 0);
  }

  void accept(int token) {
    if (window.isFull()) {
      counts[window.back(window.size() - 1)]--;
    }
    window.add(token);
    counts[token]++;
  }

  void apply(float[] logits) {
    // A negated count marks a token that has had its penalty.
    for (int age = 0; age < window.size(); age++) {
      int token = window.back(age);
      int count = counts[token];
      if (count > 0) {
        float logit = logits[token];
        logit = logit <= 0 ? logit * repeat : logit / repeat;
        logits[token] = logit - (count * frequency + presence);
        counts[token] = -count;
      }
    }
    for (int age = 0; age < window.size(); age++) {
      int token = window.back(age);
      counts[token] = Math.abs(counts[token]);
    }
  }
}
