package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Scan;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Nodes with bodies. What a body captures has no name of its own in ONNX: it is seen from inside.
 */
final class ControlFlowLowering {
  private final Emitter emitter;
  private final BiConsumer<Emitter, Graph> lowerNodes;

  /**
   * @param lowerNodes lowers all nodes of a body
   */
  ControlFlowLowering(Emitter emitter, BiConsumer<Emitter, Graph> lowerNodes) {
    this.emitter = emitter;
    this.lowerNodes = lowerNodes;
  }

  List<Operand> branch(Node node, If op) {
    List<Value> captured = node.inputs().subList(1, node.inputs().size());
    Operand condition = emitter.operand(node.input(0));
    Attributes attributes =
        Attributes.none()
            .with("then_branch", body(op.thenBranch(), 0, captured))
            .with("else_branch", body(op.elseBranch(), 0, captured));
    return emitter.emitAll("If", attributes, List.of(condition), types(node));
  }

  List<Operand> loop(Node node, Loop op) {
    List<Operand> inputs = new ArrayList<>();
    inputs.add(emitter.cast(emitter.operand(node.input(0)), DType.I64));
    inputs.add(emitter.operand(node.input(1)));
    List<Value> carried = node.inputs().subList(2, 2 + op.carried());
    carried.forEach(value -> inputs.add(emitter.operand(value)));
    List<Value> captured = node.inputs().subList(2 + op.carried(), node.inputs().size());
    Attributes attributes =
        Attributes.none().with("body", body(op.body(), 2 + op.carried(), captured));
    return emitter.emitAll("Loop", attributes, inputs, types(node));
  }

  List<Operand> scan(Node node, Scan op) {
    int own = op.states() + op.scanned();
    List<Operand> inputs = node.inputs().subList(0, own).stream().map(emitter::operand).toList();
    List<Value> captured = node.inputs().subList(own, node.inputs().size());
    Attributes attributes =
        Attributes.none()
            .with("body", body(op.body(), own, captured))
            .with("num_scan_inputs", op.scanned());
    return emitter.emitAll("Scan", attributes, inputs, types(node));
  }

  private static List<DType> types(Node node) {
    return node.outputs().stream().map(value -> value.type().dtype()).toList();
  }

  /**
   * @param own inputs that the body has; those that follow are captured
   */
  private OnnxGraph body(Graph body, int own, List<Value> captured) {
    Emitter inner = emitter.body(body);
    List<OnnxValueInfo> inputs = new ArrayList<>();
    for (int i = 0; i < body.inputs().size(); i++) {
      Value input = body.inputs().get(i);
      if (i < own) {
        String name = emitter.unique(body.name() + "/" + input.name());
        inputs.add(Types.info(name, input.type()));
        inner.define(input, new Operand(name, input.type().dtype()));
      } else {
        inner.define(input, emitter.operand(captured.get(i - own)));
      }
    }
    lowerNodes.accept(inner, body);
    List<OnnxValueInfo> outputs = new ArrayList<>();
    for (Value output : body.outputs()) {
      // An output has a node of its own: it may be an input, or another output too.
      Operand result = inner.operand(output);
      Operand own0 = inner.emit("Identity", result.dtype(), result);
      outputs.add(Types.info(own0.name(), output.type()));
    }
    return new OnnxGraph(
        emitter.unique(body.name()), inner.nodes(), Map.of(), inputs, outputs, List.of());
  }
}
