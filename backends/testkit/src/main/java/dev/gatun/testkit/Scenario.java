package dev.gatun.testkit;

import dev.gatun.graph.Graph;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph with the submissions that it gets and the error bound of their results.
 *
 * @param steps submissions to one session, in order; their sequences are opened first
 */
public record Scenario(Graph graph, List<Step> steps, Bound bound) {
  public Scenario {
    steps = List.copyOf(steps);
  }

  /** One submission of tensors. */
  public static Scenario single(Graph graph, Map<String, Array> tensors, Bound bound) {
    return new Scenario(graph, List.of(Step.of(tensors)), bound);
  }

  /** What the session must hold. */
  public SessionOptions sessionOptions() {
    int sequences = 1;
    int positions = 1;
    int batch = 1;
    int rows = 1;
    for (Step step : steps) {
      for (Step.Token token : step.tokens()) {
        sequences = Math.max(sequences, token.sequence() + 1);
      }
      positions += step.tokens().size();
      batch = Math.max(batch, step.tokens().size());
      rows = Math.max(rows, step.rows());
    }
    return new SessionOptions(sequences, positions, batch, rows);
  }

  /**
   * {@code prefill} for all sizes, with room to spare so that devices of fixed shapes must pad, and
   * {@code decode} for one token.
   */
  public List<ShapeProfile> profiles() {
    SessionOptions options = sessionOptions();
    Map<String, Range> prefill = new HashMap<>();
    long most = (options.batch() + 7L) / 8 * 8;
    prefill.put(Batch.TOKENS, new Range(1, options.batch(), most));
    prefill.put(Batch.ROWS, new Range(0, options.rows(), most));
    Map<String, Range> decode =
        Map.of(Batch.TOKENS, Range.fixed(1), Batch.ROWS, new Range(0, 1, 1));
    return List.of(new ShapeProfile("prefill", prefill), new ShapeProfile("decode", decode));
  }
}
