package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.Unary.Function;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** MixtureOfExperts: both gatings, ties, bias, all formats of weights. */
final class ExpertCases {
  private ExpertCases() {}

  static Stream<ConformanceCase> all() {
    Stream<ConformanceCase> attributes =
        Stream.of(
            of("softmax", op(6, 2, Gating.SOFTMAX, false, 1), DType.F32, false),
            of("softmax normalized", op(8, 3, Gating.SOFTMAX, true, 1), DType.F32, false),
            of("sigmoid", op(6, 2, Gating.SIGMOID, false, 1), DType.F32, false),
            of("sigmoid normalized, bias", op(6, 2, Gating.SIGMOID, true, 2.5f), DType.F32, true),
            of("softmax, bias", op(5, 2, Gating.SOFTMAX, false, 1), DType.F32, true),
            of("one of many", op(9, 1, Gating.SOFTMAX, false, 1), DType.F32, false),
            of("all", op(3, 3, Gating.SOFTMAX, true, 1), DType.F32, false),
            ElementwiseCases.of("MixtureOfExperts/ties", ExpertCases::ties));
    Stream<ConformanceCase> formats =
        MatMulCases.weightFormats().stream()
            .filter(format -> format != DType.F32)
            .map(format -> of("" + format, op(4, 2, Gating.SOFTMAX, true, 1), format, false));
    return Stream.concat(attributes, formats);
  }

  private static MixtureOfExperts op(
      int experts, int used, Gating gating, boolean normalize, float scale) {
    return new MixtureOfExperts(experts, used, Function.SILU, gating, normalize, scale);
  }

  private static ConformanceCase of(
      String name, MixtureOfExperts op, DType format, boolean biased) {
    return ElementwiseCases.of(
        "MixtureOfExperts/" + name, full -> scenario(full, op, format, biased));
  }

  private static Scenario scenario(String name, MixtureOfExperts op, DType format, boolean biased) {
    Data data = new Data(name);
    int width = format.isBlocked() ? format.blockElements() : 20;
    int ffn = format.isBlocked() ? format.blockElements() : 28;
    GraphBuilder graph = graph(name, op, data, format, width, ffn, biased);
    List<Step> steps = new ArrayList<>();
    for (int tokens : new int[] {1, 9, 2}) {
      Map<String, Array> tensors = new HashMap<>();
      tensors.put("x", data.normal(tokens, width));
      tensors.put("logits", data.deviating(3, tokens, op.experts()));
      steps.add(MatMulCases.step(tokens, tensors));
    }
    return new Scenario(
        graph.build(),
        steps,
        Bound.byPrecision(precision -> Bound.ofRow(share(precision, format))));
  }

  /**
   * Two products in a row: activations are rounded twice, to 8 bits with errors near 1/254 of the
   * largest, to BF16 with errors of at most 1/256 of themselves.
   */
  private static double share(Precision precision, DType format) {
    return precision.int8(format) ? 0.08 : precision.bf16(format) ? 0.02 : 5e-5;
  }

  private static GraphBuilder graph(
      String name,
      MixtureOfExperts op,
      Data data,
      DType format,
      int width,
      int ffn,
      boolean biased) {
    GraphBuilder graph = new GraphBuilder(name);
    Dim tokens = Dim.symbol(Batch.TOKENS, 1, 4096);
    Value x = graph.input("x", DType.F32, tokens, Dim.of(width));
    Value logits = graph.input("logits", DType.F32, tokens, Dim.of(op.experts()));
    int experts = op.experts();
    graph.output(
        graph.node(
            "y",
            op,
            x,
            logits,
            graph.constant("gate", data.modelWeights(format, experts, ffn, width)),
            graph.constant("up", data.modelWeights(format, experts, ffn, width)),
            graph.constant("down", data.modelWeights(format, experts, width, ffn)),
            biased
                ? graph.constant("bias", Data.tensor(data.deviating(0.5, experts)))
                : Value.ABSENT));
    return graph;
  }

  /** Equal probabilities go to the lower index. */
  private static Scenario ties(String name) {
    Data data = new Data(name);
    MixtureOfExperts op = op(5, 2, Gating.SOFTMAX, false, 1);
    GraphBuilder graph = graph(name, op, data, DType.F32, 16, 16, false);
    double[] logits = {0, 0, 0, 0, 0, 1, 2, 1, 2, 1, -5, 3, 1, 1, 3};
    Map<String, Array> tensors = new HashMap<>();
    tensors.put("x", data.normal(3, 16));
    tensors.put("logits", new Array(DType.F32, Shape.of(3, 5), logits));
    return new Scenario(graph.build(), List.of(MatMulCases.step(3, tensors)), Bound.ofRow(5e-5));
  }
}
