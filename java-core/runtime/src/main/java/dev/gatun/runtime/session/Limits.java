package dev.gatun.runtime.session;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.ShapeProfiles;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;

/**
 * How much one submission to the executables may hold, and whether a larger batch may be cut.
 *
 * @param tokens most tokens at once
 * @param rows most rows at once
 * @param splittable whether running a batch in parts gives the same: every attention is over a
 *     state, and every output has one row per token or per row wanted
 */
record Limits(int tokens, int rows, boolean splittable) {
  static Limits of(PlanRequest request, SessionOptions options) {
    Graph graph = request.graph();
    int tokens = (int) Math.min(largest(request, Batch.TOKENS), options.batch());
    int rows = (int) Math.min(largest(request, Batch.ROWS), options.rows());
    return new Limits(Math.max(tokens, 1), Math.max(rows, 1), splittable(graph));
  }

  private static long largest(PlanRequest request, String input) {
    for (Value value : request.graph().inputs()) {
      if (value.name().equals(input) && value.type().rank() == 1) {
        Dim dim = value.type().dim(0);
        long most = 0;
        for (ShapeProfile profile : request.profiles()) {
          ShapeProfile.Range range =
              dim instanceof Dim.Symbol symbol ? profile.ranges().get(symbol.name()) : null;
          most = Math.max(most, range == null ? dim.max() : range.max());
        }
        return most;
      }
    }
    return Integer.MAX_VALUE;
  }

  private static boolean splittable(Graph graph) {
    if (graph.states().isEmpty()) {
      return false;
    }
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Attention attention && attention.state().isEmpty()) {
        return false;
      }
    }
    return graph.outputs().stream().allMatch(output -> Leading.of(graph, output) != Leading.OTHER);
  }

  /** What an output's first dimension counts, when all others are fixed. */
  enum Leading {
    TOKENS,
    ROWS,
    OTHER;

    static Leading of(Graph graph, Value output) {
      int rank = output.type().rank();
      if (rank == 0
          || !output.type().dims().subList(1, rank).stream()
              .allMatch(Dim.Fixed.class::isInstance)) {
        return OTHER;
      }
      Dim first = output.type().dim(0);
      if (counts(graph, Batch.ROWS, first)) {
        return ROWS;
      }
      return counts(graph, Batch.TOKENS, first) ? TOKENS : OTHER;
    }

    private static boolean counts(Graph graph, String input, Dim dim) {
      return ShapeProfiles.symbol(graph, input).filter(dim::equals).isPresent();
    }

    int count(Batch batch) {
      return switch (this) {
        case TOKENS -> batch.size();
        case ROWS -> batch.rowCount();
        case OTHER -> throw new IllegalStateException("does not depend on the batch");
      };
    }
  }
}
