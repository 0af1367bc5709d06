package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.MatMul;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Products with weights of every format, for many rows of weights and many tokens. */
final class MatMulCases {
  /** Rows of weights: 1, odd ones, around common tile heights. */
  private static final int[] ROWS = {1, 2, 3, 5, 8, 16, 31, 33, 64};

  /** Tokens of a submission: decode of 1, every tail of register blocks, a prefill. */
  private static final int[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 19, 1};

  private MatMulCases() {}

  /** The formats that weights of models come in. */
  static Set<DType> weightFormats() {
    EnumSet<DType> formats = EnumSet.of(DType.F32, DType.F16, DType.BF16);
    Arrays.stream(DType.values()).filter(DType::isBlocked).forEach(formats::add);
    // Formats of activations only.
    formats.removeAll(EnumSet.of(DType.Q8_1, DType.Q8_K));
    return formats;
  }

  static Stream<ConformanceCase> all() {
    return weightFormats().stream()
        .flatMap(format ->
            Stream.of(1, 2, 3)
                .map(blocks -> blocks * widthUnit(format))
                .map(k ->
                    ElementwiseCases.of(
                        "MatMul/" + format + "/k" + k, name -> product(name, format, k))));
  }

  /** For plain formats an odd number, so that rows have tails. */
  private static int widthUnit(DType format) {
    return format.isBlocked() ? format.blockElements() : 37;
  }

  private static Scenario product(String name, DType format, int k) {
    Data data = new Data(name);
    GraphBuilder graph = new GraphBuilder(name);
    Value x = graph.input("x", DType.F32, Dim.symbol(Batch.TOKENS, 1, 4096), Dim.of(k));
    Map<String, Array> weights = new LinkedHashMap<>();
    Map<String, String> inputs = new LinkedHashMap<>();
    for (int n : ROWS) {
      Tensor w = data.weights(format, n, k);
      Value y = graph.node("y" + n, new MatMul(true), x, graph.constant("w" + n, w));
      graph.output(y);
      weights.put(y.name(), Array.of(w));
      inputs.put(y.name(), "x");
    }
    List<Step> steps = new ArrayList<>();
    for (int tokens : TOKENS) {
      steps.add(step(tokens, Map.of("x", data.normal(tokens, k))));
    }
    return new Scenario(graph.build(), steps, new MatMulBound(weights, inputs));
  }

  /** A batch of unrelated tokens with one tensor row each. */
  static Step step(int tokens, Map<String, Array> tensors) {
    List<Step.Token> batch =
        IntStream.range(0, tokens).mapToObj(i -> new Step.Token(0, i, 0, false)).toList();
    return new Step(batch, tensors);
  }
}
