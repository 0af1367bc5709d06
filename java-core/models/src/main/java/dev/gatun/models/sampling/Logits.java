package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;

/**
 * Order of logits, and refusal of those that cannot be sampled. Among equal logits the lower token
 * id is the better one.
 */
final class Logits {
  private Logits() {}

  /** The best of the first {@code count} tokens. */
  static int best(float[] logits, int count) {
    int best = -1;
    float bound = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      // The one comparison that is also true for NaN.
      if (!(logits[i] <= bound)) {
        bound = checked(logits, i);
        best = i;
      }
    }
    if (best < 0) {
      throw nothingLeft();
    }
    return best;
  }

  /** The logit of a token; NaN and positive infinity are refused. */
  static float checked(float[] logits, int token) {
    return checked(logits[token], token);
  }

  /** As {@link #checked(float[], int)}. */
  static float checked(float logit, int token) {
    if (!(logit < Float.POSITIVE_INFINITY)) {
      throw new GatunException(
          Kind.FAILURE,
          "the logit of token %d is %s: the model's output cannot be sampled; the model file is"
                  .formatted(token, logit)
              + " damaged, a number overflowed (try another backend or weight format), or a"
              + " penalty or bias is too large");
    }
    return logit;
  }

  static GatunException nothingLeft() {
    return new GatunException(
        Kind.FAILURE,
        "every token's logit is -Infinity, there is none to choose: the model's output is damaged,"
            + " or the logit biases forbid every token");
  }

  /** An integer that orders as the number does; not for NaN. Both zeros are equal. */
  static int sortable(float value) {
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}
