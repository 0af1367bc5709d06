package dev.gatun.models.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares a decoder with the recorded steps of another program: it is fed the prompt and the
 * recorded tokens, whatever it would have chosen itself, and each step is compared. So one
 * difference does not lead to others, as in free generation.
 */
public final class TeacherForcing {
  /** Recorded margins from which on a different choice is a mistake rather than a close call. */
  public static final double CLEAR_MARGIN = 0.5;

  private TeacherForcing() {}

  /** A token and its recorded log-probability. */
  public record Candidate(int token, double logProbability) {}

  /**
   * One recorded step.
   *
   * @param token what was fed next
   * @param top the most likely candidates, best first, at least one
   */
  public record Step(int token, List<Candidate> top) {
    public Step {
      if (top.isEmpty()) {
        throw new IllegalArgumentException("a step without candidates");
      }
      top = List.copyOf(top);
    }

    /** By how much the best candidate leads; infinite when it is alone. */
    double margin() {
      return top.size() < 2
          ? Double.POSITIVE_INFINITY
          : top.get(0).logProbability() - top.get(1).logProbability();
    }
  }

  /** A recorded generation. */
  public record Recording(List<Integer> prompt, List<Step> steps) {
    public Recording {
      if (prompt.isEmpty()) {
        throw new IllegalArgumentException("a recording without a prompt");
      }
      if (steps.isEmpty()) {
        throw new IllegalArgumentException("a recording without steps");
      }
      prompt = List.copyOf(prompt);
      steps = List.copyOf(steps);
    }
  }

  /**
   * The comparison.
   *
   * @param steps how many were compared
   * @param agreeing steps with the recorded best candidate
   * @param clear steps whose recorded margin is at least {@link #CLEAR_MARGIN}
   * @param clearAgreeing of those, steps with the recorded best candidate
   * @param candidates recorded candidates compared
   * @param logProbabilityError mean absolute difference of their log-probabilities
   */
  public record Score(
      int steps,
      int agreeing,
      int clear,
      int clearAgreeing,
      int candidates,
      double logProbabilityError) {
    /** Share of steps that agree; 1 without steps. */
    public double agreement() {
      return steps == 0 ? 1 : (double) agreeing / steps;
    }
  }

  /**
   * Runs all recordings, each as sequence 0 from its start.
   *
   * @param pass a decoder; its rows are logits
   * @param batch most tokens of one batch
   */
  public static Score score(ForwardPass pass, List<Recording> recordings, int batch) {
    TokenFeed feed = new TokenFeed(pass, batch);
    Tally tally = new Tally();
    for (Recording recording : recordings) {
      int first = recording.prompt().size() - 1;
      feed.run(
          tokens(recording),
          first,
          (position, logits) -> tally.add(recording.steps().get(position - first), logits));
    }
    return tally.score();
  }

  private static final class Tally {
    private int steps;
    private int agreeing;
    private int clear;
    private int clearAgreeing;
    private int candidates;
    private double error;

    void add(Step step, float[] logits) {
      boolean same = Distribution.argmax(logits) == step.top().getFirst().token();
      boolean counts = step.margin() >= CLEAR_MARGIN;
      steps++;
      agreeing += same ? 1 : 0;
      clear += counts ? 1 : 0;
      clearAgreeing += counts && same ? 1 : 0;
      double total = Distribution.logSumExp(logits);
      for (Candidate candidate : step.top()) {
        error += Math.abs(logits[candidate.token()] - total - candidate.logProbability());
        candidates++;
      }
    }

    Score score() {
      double mean = candidates == 0 ? 0 : error / candidates;
      return new Score(steps, agreeing, clear, clearAgreeing, candidates, mean);
    }
  }

  /** The prompt and all recorded tokens but the last, which nothing follows. */
  private static int[] tokens(Recording recording) {
    List<Integer> tokens = new ArrayList<>(recording.prompt());
    List<Step> steps = recording.steps();
    steps.stream().limit(steps.size() - 1).map(Step::token).forEach(tokens::add);
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }
}
