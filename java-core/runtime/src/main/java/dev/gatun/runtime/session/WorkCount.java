package dev.gatun.runtime.session;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import java.util.Map;

/**
 * Adds up the work of submissions while plans are told to count, at the sizes that they come with:
 * what a pipeline does to its data decides these. States count as empty. Thread-safe.
 */
public final class WorkCount {
  private Cost sum = Cost.NONE;

  /** Nothing yet. */
  public WorkCount() {}

  synchronized void add(Graph graph, Map<String, Long> sizes) {
    sum = sum.plus(CostSummary.of(graph, sizes, 0).total());
  }

  /** The work so far. */
  public synchronized Cost sum() {
    return sum;
  }
}
