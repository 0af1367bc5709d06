package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A mixture of experts: the best of each token by TopK, then for each expert an If that, when a
 * token chose it, runs it for those tokens and adds what it gives.
 */
final class ExpertLowering {
  private final Emitter emitter;
  private final ExportOptions options;

  ExpertLowering(Emitter emitter, ExportOptions options) {
    this.emitter = emitter;
    this.options = options;
  }

  Operand run(Node node, MixtureOfExperts op) {
    for (int i = 2; i < 5; i++) {
      constant(node, i);
    }
    Operand x = emitter.single(node.input(0));
    Operand p = probabilities(node, op);
    Operand chosen = chosen(node, op, p);
    Operand weights = weights(op, p, chosen);
    Operand y = emitter.emit("ConstantOfShape", DType.F32, emitter.emit("Shape", DType.I64, x));
    for (int expert = 0; expert < op.experts(); expert++) {
      Operand hits = emitter.emit("Equal", DType.BOOL, chosen, emitter.integer(expert));
      Operand whole = emitter.cast(hits, DType.I32);
      Operand any =
          emitter.cast(
              emitter.emit("ReduceMax", Attributes.none().with("keepdims", 0), DType.I32, whole),
              DType.BOOL);
      Emitter runs = emitter.body(emitter.graph());
      Operand more = add(runs, node, op, expert, new Chosen(x, hits, weights, y));
      Emitter passes = emitter.body(emitter.graph());
      Operand same = passes.emit("Identity", DType.F32, y);
      Attributes attributes =
          Attributes.none()
              .with("then_branch", body(runs, node, more))
              .with("else_branch", body(passes, node, same));
      y = emitter.emit("If", attributes, DType.F32, any);
    }
    return emitter.cast(y, node.output().type().dtype());
  }

  /**
   * What an expert works with.
   *
   * @param hits where it is among the experts chosen, BOOL [tokens, used]
   * @param weights of the experts chosen, F32 [tokens, used]
   * @param y sum so far, F32 [tokens, width]
   */
  private record Chosen(Operand x, Operand hits, Operand weights, Operand y) {}

  private static OnnxGraph body(Emitter inner, Node node, Operand result) {
    return new OnnxGraph(
        inner.unique(node.name() + "/expert"),
        inner.nodes(),
        Map.of(),
        List.of(),
        List.of(Types.info(result.name(), DType.F32, node.output().type().dims())),
        List.of());
  }

  private Tensor constant(Node node, int input) {
    Value value = node.input(input);
    return emitter
        .graph()
        .constant(value)
        .orElseThrow(() -> new Refused("its weights '" + value.name() + "' are computed"))
        .data();
  }

  private Operand probabilities(Node node, MixtureOfExperts op) {
    Operand logits = emitter.single(node.input(1));
    return op.gating() == Gating.SOFTMAX
        ? emitter.emit("Softmax", Attributes.none().with("axis", 1), DType.F32, logits)
        : new ElementwiseLowering(emitter).function(Unary.Function.SIGMOID, logits);
  }

  /** Indices of the experts chosen, I64 [tokens, used]; of equal ones the first. */
  private Operand chosen(Node node, MixtureOfExperts op, Operand p) {
    Operand choice =
        node.input(5).isAbsent()
            ? p
            : emitter.emit("Add", DType.F32, p, emitter.single(node.input(5)));
    return emitter
        .emitAll(
            "TopK",
            Attributes.none().with("axis", 1),
            List.of(choice, emitter.longs(op.used())),
            List.of(DType.F32, DType.I64))
        .get(1);
  }

  private Operand weights(MixtureOfExperts op, Operand p, Operand chosen) {
    Operand weights =
        emitter.emit("GatherElements", Attributes.none().with("axis", 1), DType.F32, p, chosen);
    if (op.normalize()) {
      Operand sum = emitter.emit("ReduceSum", DType.F32, weights, emitter.longs(1));
      weights = emitter.emit("Div", DType.F32, weights, sum);
    }
    return op.weightScale() == 1
        ? weights
        : emitter.emit("Mul", DType.F32, weights, emitter.real(DType.F32, op.weightScale()));
  }

  private Operand add(Emitter inner, Node node, MixtureOfExperts op, int expert, Chosen chosen) {
    Operand places = inner.emit("NonZero", DType.I64, chosen.hits());
    Operand rows =
        inner.emit(
            "Gather", Attributes.none().with("axis", 0), DType.I64, places, inner.integer(0));
    Operand pairs =
        inner.emit("Transpose", Attributes.none().with("perm", List.of(1L, 0L)), DType.I64, places);
    Operand share = inner.emit("GatherND", DType.F32, chosen.weights(), pairs);
    Operand own =
        inner.emit("Gather", Attributes.none().with("axis", 0), DType.F32, chosen.x(), rows);
    var matrices = new MatrixLowering(inner, options);
    Operand gate = product(matrices, own, node, 2, expert);
    Operand up = product(matrices, own, node, 3, expert);
    Operand active = new ElementwiseLowering(inner).function(op.activation(), gate);
    Operand hidden = inner.emit("Mul", DType.F32, active, up);
    Operand down = product(matrices, hidden, node, 4, expert);
    Operand column = inner.emit("Unsqueeze", DType.F32, share, inner.longs(1));
    Operand part = inner.emit("Mul", DType.F32, down, column);
    Operand index = inner.emit("Unsqueeze", DType.I64, rows, inner.longs(1));
    return inner.emit(
        "ScatterND",
        Attributes.none().with("reduction", "add"),
        DType.F32,
        chosen.y(),
        index,
        part);
  }

  private Operand product(MatrixLowering matrices, Operand x, Node node, int input, int expert) {
    Tensor all = constant(node, input);
    Shape shape = Shape.of(all.shape().dim(1), all.shape().dim(2));
    long bytes = all.dtype().byteSize(shape.elements());
    Tensor own = new Tensor(all.dtype(), shape, all.data().asSlice(expert * bytes, bytes));
    return matrices.linear(x, node.input(input).name() + "." + expert, own);
  }
}
