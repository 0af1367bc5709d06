package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.StateSpec;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Attention;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Attention with and without state: head ratios, dims, windows, caps, views, many sequences. */
final class AttentionCases {
  /** Sequence ids of the tokens of each submission. */
  private static final int[][] PREFILL_AND_DECODE = {repeat(0, 13), {0}, {0}, {0}};

  private static final int[][] CHUNKS = {
    repeat(0, 7), {0}, repeat(0, 5), repeat(0, 16), {0}, {0}, repeat(0, 20)
  };

  private static final int[][] WHOLE = {repeat(0, 51)};

  private static final int[][] INTERLEAVED = {
    {0, 0, 0, 0, 0, 1, 1, 1},
    {0, 2, 0, 1, 2, 2, 0, 1, 2},
    {0, 1, 2},
    {2, 1, 0},
    {1},
    {0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 1, 1, 1}
  };

  /** Far enough to leave any page, block or tile of positions. */
  private static final int[][] LONG = {
    repeat(0, 250), {0}, {0}, {0}, {0}, {0}, {0}, {0}, repeat(0, 33), {0}
  };

  /** Few queries over so many keys that a backend may split them. */
  private static final int[][] SPLIT = {
    repeat(0, 600), repeat(1, 290), {1, 0}, {0, 1, 0, 1, 0}, {0, 0, 0, 0, 0, 1}, {0}
  };

  private AttentionCases() {}

  static Stream<ConformanceCase> all() {
    StateSpec plain = spec(4, 16, 16, 0);
    Stream<ConformanceCase> stateless =
        Stream.of(
            causal("one head", 1, spec(1, 8, 8, 0)),
            causal("as many heads", 4, plain),
            causal("groups of 4", 8, spec(2, 16, 16, 0)),
            causal("one key head", 6, spec(1, 32, 32, 0)),
            causal("odd dims", 3, spec(3, 5, 7, 0)),
            causal("window", 4, spec(4, 16, 16, 4)),
            causal("window of 1", 4, spec(2, 16, 16, 1)),
            causal("value view", 4, new StateSpec(1, 24, 0, 16, 0, DType.F32)),
            all("bidirectional", 4, plain),
            all("bidirectional groups", 8, spec(2, 20, 20, 0)));
    Stream<ConformanceCase> dims =
        Stream.of(8, 20, 40, 64, 80, 96, 112, 128, 192, 256)
            .map(dim -> state("dim " + dim, 4, spec(2, dim, dim, 0), 0, PREFILL_AND_DECODE));
    Stream<ConformanceCase> states =
        Stream.of(
            state("one head", 1, spec(1, 8, 8, 0), 0, CHUNKS),
            state("whole", 4, plain, 0, WHOLE),
            state("chunks", 4, plain, 0, CHUNKS),
            state("groups of 4", 8, spec(2, 16, 16, 0), 0, CHUNKS),
            state("groups of 3", 9, spec(3, 64, 64, 0), 0, CHUNKS),
            state("one key head", 6, spec(1, 32, 32, 0), 0, CHUNKS),
            state("odd dims", 3, spec(3, 5, 7, 0), 0, CHUNKS),
            state("narrow values", 4, spec(2, 24, 16, 0), 0, CHUNKS),
            state("softcap", 4, plain, 5, CHUNKS),
            state("window", 4, spec(2, 16, 16, 6), 0, CHUNKS),
            state("window of 1", 4, spec(2, 16, 16, 1), 0, CHUNKS),
            state("window and softcap", 4, spec(2, 16, 16, 9), 8, INTERLEAVED),
            state("value view", 4, new StateSpec(1, 24, 0, 16, 0, DType.F32), 0, CHUNKS),
            state("sequences", 4, plain, 0, INTERLEAVED),
            state("sequences, groups, window", 8, spec(2, 20, 20, 3), 0, INTERLEAVED),
            state(
                "sequences, value view",
                3,
                new StateSpec(1, 40, 0, 32, 0, DType.F32),
                0,
                INTERLEAVED),
            state("long", 4, spec(2, 16, 16, 0), 0, LONG),
            state("long window", 4, spec(2, 16, 16, 100), 0, LONG),
            state("split", 6, spec(2, 16, 16, 0), 0, SPLIT),
            state("split, window", 4, spec(2, 16, 16, 300), 4, SPLIT),
            state("split, value view", 4, new StateSpec(1, 24, 0, 16, 0, DType.F32), 0, SPLIT));
    Stream<ConformanceCase> stored =
        Stream.of(DType.F16, DType.Q8_0)
            .flatMap(dtype ->
                Stream.of(
                    state("chunks", 4, new StateSpec(2, 64, 64, 0, 0, dtype), 0, CHUNKS),
                    state("sequences", 6, new StateSpec(2, 32, 32, 0, 5, dtype), 0, INTERLEAVED),
                    state("value view", 4, new StateSpec(1, 96, 0, 64, 0, dtype), 0, CHUNKS),
                    state("long", 4, new StateSpec(2, 32, 32, 0, 0, dtype), 0, LONG)));
    return Stream.of(stateless, dims, states, stored).flatMap(cases -> cases);
  }

  private static StateSpec spec(int kvHeads, int keyDim, int valueDim, int window) {
    return new StateSpec(kvHeads, keyDim, valueDim, 0, window, DType.F32);
  }

  private static ConformanceCase causal(String name, int heads, StateSpec spec) {
    Attention op = new Attention(heads, spec, scale(spec), 0, true, Optional.empty());
    return ElementwiseCases.of(
        "Attention/causal, " + name, full -> scenario(full, op, INTERLEAVED));
  }

  private static ConformanceCase all(String name, int heads, StateSpec spec) {
    Attention op = new Attention(heads, spec, scale(spec), 0, false, Optional.empty());
    return ElementwiseCases.of("Attention/" + name, full -> scenario(full, op, INTERLEAVED));
  }

  private static ConformanceCase state(
      String name, int heads, StateSpec spec, float softcap, int[][] pattern) {
    Attention op = new Attention(heads, spec, scale(spec), softcap, true, Optional.of("kv"));
    return ElementwiseCases.of(
        "Attention/state " + spec.dtype() + ", " + name, full -> scenario(full, op, pattern));
  }

  private static float scale(StateSpec spec) {
    return (float) (1 / Math.sqrt(spec.keyDim()));
  }

  private static Scenario scenario(String name, Attention op, int[][] pattern) {
    StateSpec spec = op.spec();
    GraphBuilder graph = new GraphBuilder(name);
    Dim tokens = Dim.symbol(Batch.TOKENS, 1, 4096);
    long qWidth = (long) op.heads() * spec.keyDim();
    long kWidth = (long) spec.kvHeads() * spec.keyDim();
    long vWidth = (long) spec.kvHeads() * spec.valueDim();
    Value q = graph.input("q", DType.F32, tokens, Dim.of(qWidth));
    Value k = graph.input("k", DType.F32, tokens, Dim.of(kWidth));
    Value v = vWidth == 0 ? Value.ABSENT : graph.input("v", DType.F32, tokens, Dim.of(vWidth));
    Value positions = graph.input(Batch.POSITIONS, DType.I32, tokens);
    Value sequences = graph.input(Batch.SEQUENCES, DType.I32, tokens);
    op.state().ifPresent(state -> graph.state(state, spec));
    graph.output(graph.attention("y", op, q, k, v, positions, sequences));
    Data data = new Data(name);
    List<Step> steps = new ArrayList<>();
    for (List<Step.Token> batch : batches(pattern, op.state().isPresent())) {
      int n = batch.size();
      Map<String, Array> tensors = new HashMap<>();
      tensors.put("q", data.normal(n, qWidth));
      tensors.put("k", data.normal(n, kWidth));
      if (vWidth > 0) {
        tensors.put("v", data.normal(n, vWidth));
      }
      steps.add(new Step(batch, tensors));
    }
    return new Scenario(graph.build(), steps, bound(spec.dtype()));
  }

  /**
   * Queries, keys and values are standard normal, so that scores are too, and results are at most 4
   * or so. Storing with half precision moves scores by up to 2^-11 sum|q||k| scale and values by
   * 2^-11; 8 bits in blocks of 32 move both about 8 times as much.
   */
  private static Bound bound(DType stored) {
    return switch (stored) {
      case F32 -> Bound.relative(0, 2e-5);
      case F16 -> Bound.relative(0, 8e-3);
      default -> Bound.relative(0, 6e-2);
    };
  }

  /** Tokens with gapless positions; without state every submission begins anew. */
  static List<List<Step.Token>> batches(int[][] pattern, boolean continued) {
    Map<Integer, Integer> next = new HashMap<>();
    List<List<Step.Token>> batches = new ArrayList<>();
    for (int[] ids : pattern) {
      if (!continued) {
        next.clear();
      }
      List<Step.Token> batch = new ArrayList<>();
      for (int id : ids) {
        batch.add(new Step.Token(0, next.merge(id, 1, Integer::sum) - 1, id, false));
      }
      batches.add(batch);
    }
    return batches;
  }

  static int[] repeat(int id, int count) {
    int[] ids = new int[count];
    Arrays.fill(ids, id);
    return ids;
  }
}
