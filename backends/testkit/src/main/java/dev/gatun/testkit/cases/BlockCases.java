package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import dev.gatun.testkit.Step;
import dev.gatun.testkit.TinyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Graphs of many ops: whole tiny models, and pieces where a fusion can go wrong. */
final class BlockCases {
  private static final int[][] CHAT = {
    AttentionCases.repeat(0, 11), {0}, {0}, AttentionCases.repeat(0, 4), {0}
  };

  private static final int[][] SERVING = {
    {0, 0, 0, 0, 0, 0, 1, 1, 1},
    {0, 1, 2, 2, 2, 2},
    {2, 0, 1},
    {1, 1, 1, 1, 0, 2},
    {0, 1, 2}
  };

  private BlockCases() {}

  static Stream<ConformanceCase> all() {
    Stream<ConformanceCase> kinds =
        Arrays.stream(TinyModel.Kind.values())
            .flatMap(kind ->
                Stream.of(
                    model(TinyModel.of(kind), "chat", CHAT),
                    model(TinyModel.of(kind), "serving", SERVING)));
    Stream<ConformanceCase> formats =
        Stream.of(
                new TinyModel(TinyModel.Kind.LLAMA, DType.Q4_0, DType.F16, 64),
                new TinyModel(TinyModel.Kind.QWEN, DType.Q8_0, DType.F16, 64),
                new TinyModel(TinyModel.Kind.LLAMA, DType.Q4_1, DType.F16, 128),
                new TinyModel(TinyModel.Kind.PHI, DType.F16, DType.F16, 64),
                new TinyModel(TinyModel.Kind.GEMMA, DType.BF16, DType.F32, 64),
                new TinyModel(TinyModel.Kind.LLAMA, DType.Q4_K, DType.F16, 256),
                new TinyModel(TinyModel.Kind.MIXTURE, DType.Q6_K, DType.F16, 256),
                new TinyModel(TinyModel.Kind.MIXTURE, DType.Q4_0, DType.Q8_0, 64))
            .map(model -> model(model, "serving", SERVING));
    Stream<ConformanceCase> pieces =
        Stream.of(
            ElementwiseCases.of("Graph/value used twice", BlockCases::usedTwice),
            ElementwiseCases.of("Graph/inner values are outputs", BlockCases::innerOutputs),
            ElementwiseCases.of("Graph/input is output", BlockCases::inputIsOutput),
            ElementwiseCases.of("Graph/slices of one value", BlockCases::slices),
            ElementwiseCases.of("Graph/constant only", BlockCases::constantOnly));
    return Stream.of(kinds, formats, pieces).flatMap(cases -> cases);
  }

  private static ConformanceCase model(TinyModel model, String use, int[][] pattern) {
    String name = "Model/%s %s %s, %s".formatted(model.kind(), model.weights(), model.state(), use);
    return ElementwiseCases.of(name, full -> scenario(model, pattern));
  }

  /** Wanted rows: the last token of each submission, all of every third, none of the second. */
  private static Scenario scenario(TinyModel model, int[][] pattern) {
    Data data = new Data(model.toString());
    List<Step> steps = new ArrayList<>();
    for (List<Step.Token> batch : AttentionCases.batches(pattern, true)) {
      List<Step.Token> tokens = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        Step.Token token = batch.get(i);
        boolean wanted =
            switch (steps.size() % 3) {
              case 0 -> i == batch.size() - 1;
              case 1 -> false;
              default -> true;
            };
        int id = data.integer(TinyModel.VOCABULARY);
        tokens.add(new Step.Token(id, token.position(), token.sequence(), wanted));
      }
      steps.add(new Step(tokens, Map.of()));
    }
    return new Scenario(model.graph(), steps, bound(model));
  }

  /**
   * Two layers: rounding of 2^-24 grows to at most some 1e-5 of the logits; keys and values in half
   * precision (2^-11) to 1e-2; activations of 8 bits (1/254 of the block's largest) to 0.15, in
   * BF16 (1/256 of themselves) to 0.05, both factors in half precision to 1e-2.
   */
  private static Bound bound(TinyModel model) {
    double floats =
        switch (model.state()) {
          case F32 -> 1e-4;
          case F16 -> 1e-2;
          default -> 6e-2;
        };
    DType weights = model.weights();
    return Bound.byPrecision(precision -> {
      if (precision.int8(weights)) {
        return Bound.ofRow(0.15);
      }
      double products = precision.bf16(weights) ? 0.05 : precision.half(weights) ? 1e-2 : 0;
      return Bound.ofRow(Math.max(products, floats));
    });
  }

  private static Scenario usedTwice(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 5, 48);
    Value scale = sketch.graph().constant("s", sketch.data().scales(48));
    Value normed = sketch.graph().node("norm", new RmsNormalization(1e-5), x, scale);
    Value a =
        sketch.graph().node("a", new MatMul(true), normed, sketch.weights("wa", DType.F32, 48, 48));
    Value b =
        sketch.graph().node("b", new MatMul(true), normed, sketch.weights("wb", DType.F32, 48, 48));
    Value gated = sketch.graph().node("gated", new GatedActivation(Unary.Function.SILU), a, b);
    Value first = sketch.graph().node("first", new Binary(Binary.Function.ADD), gated, normed);
    Value second = sketch.graph().node("second", new Binary(Binary.Function.ADD), first, x);
    sketch.output("third", new Binary(Binary.Function.MUL), second, a);
    sketch.output("fourth", new Binary(Binary.Function.SUB), second, normed);
    return sketch.scenario(Bound.ofRow(2e-5));
  }

  private static Scenario innerOutputs(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 3, 32);
    Value w = sketch.weights("w", DType.F32, 32, 32);
    Value product = sketch.output("product", new MatMul(true), x, w);
    Value residual = sketch.output("residual", new Binary(Binary.Function.ADD), product, x);
    Value scale = sketch.graph().constant("s", sketch.data().scales(32));
    Value normed = sketch.output("normed", new RmsNormalization(1e-5), residual, scale);
    sketch.output("act", new Unary(Unary.Function.SILU), normed);
    return sketch.scenario(Bound.ofRow(2e-5));
  }

  private static Scenario inputIsOutput(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 3, 33);
    sketch.graph().output(x);
    Value same = sketch.graph().reshape("same", x, Dim.of(99));
    sketch.graph().output(same);
    sketch.output("negated", new Unary(Unary.Function.NEG), x);
    return sketch.scenario(Bound.exact());
  }

  private static Scenario slices(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 6, 40);
    Value y = sketch.graph().node("y", new Unary(Unary.Function.NEG), x);
    Value left = sketch.output("left", new Slice(1, 0, 13), y);
    Value right = sketch.output("right", new Slice(1, 27, 13), y);
    sketch.output("sum", new Binary(Binary.Function.ADD), left, right);
    sketch.output("rows", new Slice(0, 2, 3), y);
    sketch.output("none", new Slice(1, 5, 0), y);
    Value scale = sketch.graph().constant("s", sketch.data().scales(13));
    sketch.output("normed", new RmsNormalization(1e-5), right, scale);
    return sketch.scenario(Bound.relative(1e-5, 1e-7));
  }

  private static Scenario constantOnly(String name) {
    Sketch sketch = new Sketch(name);
    Value c = sketch.weights("c", DType.F32, 4, 9);
    sketch.graph().output(c);
    sketch.output("negated", new Unary(Unary.Function.NEG), c);
    sketch.output("used", new Binary(Binary.Function.ADD), c, sketch.normal("x", 4, 9));
    return sketch.scenario(Bound.exact());
  }
}
