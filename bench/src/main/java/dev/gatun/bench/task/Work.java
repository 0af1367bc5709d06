package dev.gatun.bench.task;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.runtime.plan.ShapeProfiles;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Roofline;
import java.util.HashMap;
import java.util.Map;

/**
 * What a query has to do, or one token of it: operations (a multiply-add counts two), and bytes of
 * weights in their stored format, of the cache and of activations.
 */
public record Work(double flops, double bytes) {
  /**
   * How much of the limit that binds was reached.
   *
   * @param limit {@code memory} or the roofline's arithmetic
   * @param rate bytes or operations a second
   * @param most of the roofline, in the same unit
   */
  public record Share(String limit, double rate, double most) {
    public double value() {
      return rate / most;
    }
  }

  /** So much work so often. */
  public Work times(double count) {
    return new Work(flops * count, bytes * count);
  }

  /**
   * Counts a test's work per token by the ops' own cost functions.
   *
   * @param block tokens of one prefill block
   */
  public static Work of(Graph graph, TokenTest scenario, int block) {
    int tokens = scenario.tokens();
    if (scenario.kind() == TokenTest.Kind.DECODE) {
      // The work grows evenly with the position, so that the middle one stands for all.
      return decode(graph, scenario.sequences(), scenario.depth() + tokens / 2);
    }
    Cost sum = Cost.NONE;
    for (int at = 0; at < tokens; at += block) {
      int end = Math.min(tokens, at + block);
      sum = sum.plus(cost(graph, end - at, end == tokens ? 1 : 0, scenario.depth() + at));
    }
    return new Work(sum.flops() / tokens, sum.bytes() / tokens);
  }

  /** One token of each sequence: weights are read once, each sequence's cache for itself. */
  private static Work decode(Graph graph, int sequences, int past) {
    Cost step = cost(graph, sequences, sequences, past);
    double cache = cost(graph, 1, 1, past).bytes() - cost(graph, 1, 1, 0).bytes();
    return new Work(step.flops() / sequences, (step.bytes() + (sequences - 1) * cache) / sequences);
  }

  private static Cost cost(Graph graph, long tokens, long rows, int past) {
    Map<String, Long> sizes = new HashMap<>();
    ShapeProfiles.symbol(graph, Batch.TOKENS).ifPresent(symbol -> sizes.put(symbol.name(), tokens));
    ShapeProfiles.symbol(graph, Batch.ROWS)
        .ifPresent(symbol -> sizes.put(symbol.name(), Math.max(rows, symbol.min())));
    return CostSummary.of(graph, sizes, past).total();
  }

  /** The share of the roofline when it is done so often a second. */
  public Share share(double perSecond, Roofline roofline) {
    var memory = new Share("memory", bytes * perSecond, roofline.bytesPerSecond());
    var arithmetic =
        new Share(roofline.arithmetic(), flops * perSecond, 2 * roofline.multiplyAddsPerSecond());
    return memory.value() > arithmetic.value() ? memory : arithmetic;
  }
}
