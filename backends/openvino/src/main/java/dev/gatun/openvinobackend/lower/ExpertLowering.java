package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;
import static dev.gatun.openvinobackend.lower.ElementTypes.I64;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Unary;
import dev.gatun.openvinobackend.ir.Bodies;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.List;

/**
 * Routed experts: each is a branch that is taken when a token chose it, and works on the rows of
 * those tokens alone.
 */
final class ExpertLowering {
  private static final int GATE = 2;
  private static final int UP = 3;
  private static final int DOWN = 4;
  private static final MatMul ROWS = new MatMul(true);

  private final Graph graph;
  private final Operands operands;
  private final Emitter emit;
  private final LoweringOptions.Minima minima;

  /**
   * @param minima how products read weights whose format has minima
   */
  ExpertLowering(Graph graph, Operands operands, LoweringOptions.Minima minima) {
    this.graph = graph;
    this.minima = minima;
    this.operands = operands;
    emit = operands.emit();
  }

  /** Why a node is refused; empty when it is not. */
  static String refusal(Graph graph, Node node) {
    for (int i = GATE; i <= DOWN; i++) {
      if (graph.constant(node.input(i)).isEmpty()) {
        return "its weights '" + node.input(i).name() + "' are computed";
      }
    }
    return "";
  }

  Output run(Node node, MixtureOfExperts op) {
    Output x = operands.single(node, 0);
    Output logits = operands.single(node, 1);
    Output p =
        op.gating() == MixtureOfExperts.Gating.SOFTMAX
            ? emit.softmax(logits, 1)
            : emit.activation(Unary.Function.SIGMOID, logits);
    Output choice = Operands.has(node, 5) ? emit.binary("Add", p, operands.single(node, 5)) : p;
    Output chosen = PickingLowering.top(emit, choice, emit.ir().integer(op.used()), 1, true).get(1);
    Output weights = weights(op, p, chosen);
    Output y = emit.broadcast(emit.real(0), emit.shapeOf(x));
    for (int expert = 0; expert < op.experts(); expert++) {
      Output hits = emit.compare("Equal", chosen, emit.ir().integer(expert));
      Output any =
          emit.ir()
              .layer("ReduceLogicalOr", "opset1", "keep_dims=\"false\"", hits, emit.integers(0, 1));
      List<Output> inputs = List.of(x, hits, weights, y);
      y =
          Bodies.branch(
                  emit.ir(),
                  any,
                  added(node, op, expert, inputs),
                  inputs,
                  passed(node, expert),
                  List.of(y))
              .getFirst();
    }
    return y;
  }

  /** Of the experts chosen, [tokens, used]. */
  private Output weights(MixtureOfExperts op, Output p, Output chosen) {
    Output weights = emit.ir().layer("GatherElements", "opset6", "axis=\"1\"", p, chosen);
    if (op.normalize()) {
      weights = emit.binary("Divide", weights, emit.reduce("ReduceSum", weights, true, 1));
    }
    return op.weightScale() == 1
        ? weights
        : emit.binary("Multiply", weights, emit.real(op.weightScale()));
  }

  private Bodies.Body passed(Node node, int expert) {
    IrBuilder ir = emit.ir().body(node.name() + ".none" + expert);
    Output y = ir.parameter("y", F32, "?,?");
    // A layer between: a body that is nothing but its parameter is not what compilers expect.
    Output same = new Emitter(ir).binary("Add", y, ir.real(0));
    return new Bodies.Body(ir, List.of(y), List.of(same));
  }

  /** The sum so far with what an expert gives for the tokens that chose it. */
  private Bodies.Body added(Node node, MixtureOfExperts op, int expert, List<Output> inputs) {
    IrBuilder ir = emit.ir().body(node.name() + ".expert" + expert);
    Emitter inner = new Emitter(ir);
    Output x = ir.parameter("x", F32, "?," + node.input(0).type().dim(1).max());
    Output hits = ir.parameter("hits", inputs.get(1).type(), "?," + op.used());
    Output weights = ir.parameter("weights", F32, "?," + op.used());
    Output y = ir.parameter("y", F32, "?," + node.input(0).type().dim(1).max());
    Output places = ir.layer(I64, "NonZero", "opset3", "output_type=\"i64\"", hits);
    Output rows = inner.gather(places, ir.integer(0), 0);
    Output share =
        ir.layer("GatherND", "opset8", "batch_dims=\"0\"", weights, inner.transpose(places, 1, 0));
    Output own = inner.gather(x, rows, 0);
    GroupWeights groups = new GroupWeights(ir);
    ProductLowering products =
        new ProductLowering(inner, new WeightLowering(ir, groups), groups, minima);
    Output gate = products.lower(ROWS, own, 2, matrix(node, GATE, expert), Rows.PLAIN);
    Output up = products.lower(ROWS, own, 2, matrix(node, UP, expert), Rows.PLAIN);
    Output hidden = inner.binary("Multiply", inner.activation(op.activation(), gate), up);
    Output down = products.lower(ROWS, hidden, 2, matrix(node, DOWN, expert), Rows.PLAIN);
    Output part = inner.binary("Multiply", down, inner.unsqueeze(share, 1));
    Output sum =
        ir.layer(
            "ScatterNDUpdate", "opset15", "reduction=\"sum\"", y, inner.unsqueeze(rows, 1), part);
    return new Bodies.Body(ir, List.of(x, hits, weights, y), List.of(sum));
  }

  /** One expert's part of the weights of all. */
  private Constant matrix(Node node, int input, int expert) {
    Value all = node.input(input);
    Tensor data = graph.constant(all).orElseThrow().data();
    Shape shape = Shape.of(data.shape().dim(1), data.shape().dim(2));
    long bytes = data.dtype().byteSize(shape.elements());
    Tensor own = new Tensor(data.dtype(), shape, data.data().asSlice(expert * bytes, bytes));
    ValueType type = ValueType.of(own.dtype(), Dim.of(shape.dim(0)), Dim.of(shape.dim(1)));
    return new Constant(new Value(all.id(), all.name() + "." + expert, type), own);
  }
}
