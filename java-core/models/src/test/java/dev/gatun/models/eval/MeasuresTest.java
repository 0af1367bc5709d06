package dev.gatun.models.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.eval.TeacherForcing.Candidate;
import dev.gatun.models.eval.TeacherForcing.Recording;
import dev.gatun.models.eval.TeacherForcing.Score;
import dev.gatun.models.eval.TeacherForcing.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The measures themselves, on models whose numbers can be worked out by hand. */
class MeasuresTest {
  /** Gives the token after next twice the probability of each of the other three. */
  private static final class Successor implements ForwardPass {
    private final List<String> batches = new ArrayList<>();
    private int expectedPosition;

    @Override
    public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
      batches.add(tokens.length + "/" + rows.length);
      for (int position : positions) {
        assertEquals(expectedPosition++, position);
      }
      float[][] logits = new float[rows.length][4];
      for (int i = 0; i < rows.length; i++) {
        logits[i][(tokens[rows[i]] + 1) % 4] = (float) Math.log(2);
      }
      return logits;
    }

    @Override
    public void forget(int sequence) {
      expectedPosition = 0;
    }
  }

  @Test
  void agreementCountsOnlyDecidedVectors() {
    float[] reference = {1, 3, 2};
    assertEquals(
        new Agreement(1, 0.5, 1, 1), Agreement.of(new float[] {1.5f, 3, 2}, reference, 0.9));
    assertEquals(new Agreement(1, 2, 1, 0), Agreement.of(new float[] {1, 1, 2}, reference, 0.9));
    assertEquals(new Agreement(1, 2, 0, 0), Agreement.of(new float[] {1, 1, 2}, reference, 1));
    assertTrue(Agreement.of(reference, reference, 0).within(0));
    assertFalse(Agreement.of(new float[] {1, Float.NaN, 2}, reference, 0).within(100));
    assertThrows(IllegalArgumentException.class, () -> Agreement.of(new float[2], reference, 0));
  }

  @Test
  void perplexityScoresTheSecondHalfOfWholeWindows() {
    // Windows of 8: positions 4, 5 and 6 are scored. The last two tokens make no window.
    int[] text = {0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 2, 3, 0, 1};
    var pass = new Successor();
    Perplexity result = Perplexity.of(pass, text, 8, 10, OptionalInt.empty(), 5);
    double likely = Math.log(2.0 / 5);
    double unlikely = Math.log(1.0 / 5);
    assertEquals(2, result.windows());
    assertEquals(6, result.tokens());
    // 0 -> 1 -> 2 -> 3, then 0 -> 0, 0 -> 2, 2 -> 3.
    assertEquals(-(4 * likely + 2 * unlikely) / 6, result.negativeLogLikelihood(), 1e-7);
    assertEquals(Math.exp(result.negativeLogLikelihood()), result.value());
    assertEquals(List.of("5/1", "2/2", "5/1", "2/2"), pass.batches);
  }

  @Test
  void perplexityReplacesTheFirstTokenOfAWindow() {
    int[] text = {3, 1, 1, 1};
    List<Integer> seen = new ArrayList<>();
    ForwardPass pass =
        new ForwardPass() {
          @Override
          public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
            for (int token : tokens) {
              seen.add(token);
            }
            return new float[rows.length][4];
          }

          @Override
          public void forget(int sequence) {}
        };
    Perplexity result = Perplexity.of(pass, text, 4, 1, OptionalInt.of(2), 16);
    assertEquals(List.of(2, 1, 1), seen);
    assertEquals(4, result.value(), 1e-12);
    assertEquals(0, result.standardError(), 1e-7);
    assertArrayEquals(new int[] {3, 1, 1, 1}, text);
  }

  @Test
  void perplexityNeedsAWindow() {
    var pass = new Successor();
    assertThrows(
        IllegalArgumentException.class,
        () -> Perplexity.of(pass, new int[7], 8, 1, OptionalInt.empty(), 8));
    assertThrows(
        IllegalArgumentException.class,
        () -> Perplexity.of(pass, new int[7], 2, 1, OptionalInt.empty(), 8));
  }

  @Test
  void teacherForcingFeedsWhatWasRecorded() {
    double half = Math.log(2.0 / 5);
    var first = new Step(1, List.of(new Candidate(1, half), new Candidate(2, half - 1)));
    var second = new Step(0, List.of(new Candidate(0, half), new Candidate(2, half - 0.1)));
    var third = new Step(1, List.of(new Candidate(1, half)));
    var recording = new Recording(List.of(3, 0), List.of(first, second, third));
    var pass = new Successor();
    Score score = TeacherForcing.score(pass, List.of(recording, recording), 2);
    // The second step's best is 2, for the model after 1; its recorded token 0 is fed all the same.
    assertEquals(6, score.steps());
    assertEquals(4, score.agreeing());
    assertEquals(4, score.clear());
    assertEquals(4, score.clearAgreeing());
    assertEquals(10, score.candidates());
    double other = Math.log(1.0 / 5);
    double error =
        Math.abs(other - (half - 1)) + Math.abs(other - half) + Math.abs(half - (half - 0.1));
    assertEquals(error / 5, score.logProbabilityError(), 1e-6);
    assertEquals(4.0 / 6, score.agreement());
    assertEquals(List.of("2/1", "2/2", "2/1", "2/2"), pass.batches);
  }

  @Test
  void recordingsMustHoldSomething() {
    var step = new Step(0, List.of(new Candidate(0, 0)));
    assertThrows(IllegalArgumentException.class, () -> new Recording(List.of(), List.of(step)));
    assertThrows(IllegalArgumentException.class, () -> new Recording(List.of(1), List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Step(0, List.of()));
  }
}
