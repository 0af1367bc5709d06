package dev.gatun.pipelines.ocr;

import dev.gatun.runtime.plan.Policy;
import java.util.Objects;

/**
 * How text is read. Immutable; start from {@link #DEFAULT}, which are PP-OCR's defaults.
 *
 * @param policy how the planner chooses a device
 * @param longestSide pixels that a picture is made smaller to before text is looked for
 * @param boxThreshold least mean probability of a box, from 0 to 1
 * @param minScore lines whose score is less are left out
 * @param orient whether lines that stand on their heads are turned
 */
public record TextRecognitionOptions(
    Policy policy, int longestSide, double boxThreshold, double minScore, boolean orient) {
  public static final TextRecognitionOptions DEFAULT =
      new TextRecognitionOptions(Policy.auto(), 960, 0.6, 0.5, true);

  private static final int MAX_SIDE = 8192;

  public TextRecognitionOptions {
    Objects.requireNonNull(policy);
    if (longestSide < 32 || longestSide > MAX_SIDE) {
      throw new IllegalArgumentException(
          "longest side %d; it may be 32 to %d".formatted(longestSide, MAX_SIDE));
    }
  }

  public TextRecognitionOptions withPolicy(Policy other) {
    return new TextRecognitionOptions(other, longestSide, boxThreshold, minScore, orient);
  }

  public TextRecognitionOptions withLongestSide(int pixels) {
    return new TextRecognitionOptions(policy, pixels, boxThreshold, minScore, orient);
  }

  public TextRecognitionOptions withBoxThreshold(double probability) {
    return new TextRecognitionOptions(policy, longestSide, probability, minScore, orient);
  }

  public TextRecognitionOptions withMinScore(double score) {
    return new TextRecognitionOptions(policy, longestSide, boxThreshold, score, orient);
  }

  public TextRecognitionOptions withOrient(boolean on) {
    return new TextRecognitionOptions(policy, longestSide, boxThreshold, minScore, on);
  }
}
