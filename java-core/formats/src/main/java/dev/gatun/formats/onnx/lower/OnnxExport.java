package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Lowers a {@link Graph} to an ONNX model of operator set 23 with operators that ONNX Runtime
 * contributes (domain {@code com.microsoft}) where ONNX has none: products with weights in blocks,
 * attention over a cache. Pure: weights are read only when the model is written.
 */
public final class OnnxExport {
  /** Version of the standard operators. */
  static final int OPSET = 23;

  private static final int IR_VERSION = 11;

  private OnnxExport() {}

  /** A node that has no equal in ONNX. */
  public record RefusedNode(Node node, String reason) {}

  /**
   * What becomes of weights of a format.
   *
   * @param exact whether the model computes with the numbers that the file stores, to the rounding
   *     of single precision
   */
  public record WeightUse(boolean exact, String how) {}

  /**
   * The model.
   *
   * @throws GraphException naming a node that has no equal in ONNX
   */
  public static LoweredModel lower(Graph graph, ExportOptions options) {
    List<RefusedNode> refused = new ArrayList<>();
    LoweredModel model = run(graph, options, refused);
    if (!refused.isEmpty()) {
      RefusedNode first = refused.getFirst();
      throw new GraphException(
          "%s: node '%s' (%s) cannot be lowered to ONNX: %s"
              .formatted(
                  graph.name(), first.node().name(), first.node().op().type(), first.reason()));
    }
    return model;
  }

  /** The nodes that have no equal in ONNX, with the reasons. Reads no weights. */
  public static List<RefusedNode> refusals(Graph graph, ExportOptions options) {
    List<RefusedNode> refused = new ArrayList<>();
    run(graph, options, refused);
    return refused;
  }

  /** What becomes of weights of a format. */
  public static WeightUse weights(DType format) {
    if (!format.isBlocked()) {
      return new WeightUse(true, "as stored");
    }
    return WeightForm.of(format)
        .map(form -> new WeightUse(true, form.how()))
        .orElseGet(() -> new WeightUse(true, "decoded to F32"));
  }

  private static LoweredModel run(Graph graph, ExportOptions options, List<RefusedNode> refused) {
    var shared = new Emitter.Model();
    Emitter emitter = new Emitter(shared, graph);
    List<LoweredState> states = new ArrayList<>();
    for (Value input : graph.inputs()) {
      emitter.define(input, new Operand(input.name(), input.type().dtype()));
    }
    NodeLowering lowering = new NodeLowering(emitter, options, states);
    for (Node node : graph.nodes()) {
      reason(lowering, node)
          .ifPresent(reason -> {
            refused.add(new RefusedNode(node, reason));
            // Those that follow are judged by themselves.
            node.outputs()
                .forEach(value ->
                    emitter.define(value, new Operand(value.name(), value.type().dtype())));
          });
    }
    List<OnnxValueInfo> inputs = new ArrayList<>();
    List<OnnxValueInfo> outputs = new ArrayList<>();
    graph.inputs().forEach(value -> inputs.add(Types.info(value.name(), value.type())));
    for (Value output : graph.outputs()) {
      if (graph.constant(output).isPresent()) {
        emitter.enter(output.name());
        emitter.define(output, emitter.operand(output));
      }
      outputs.add(Types.info(output.name(), output.type()));
    }
    inputs.addAll(AttentionLowering.inputs(states));
    outputs.addAll(AttentionLowering.outputs(states));
    Map<String, Long> opsets = new TreeMap<>(shared.domains());
    opsets.put("", (long) OPSET);
    var onnx =
        new OnnxGraph(
            graph.name().isEmpty() ? "graph" : graph.name(),
            emitter.nodes(),
            shared.tensors(),
            inputs,
            outputs,
            List.of());
    return new LoweredModel(
        new OnnxModel(IR_VERSION, "gatun", opsets, Map.of(), DeadNodes.drop(onnx)),
        states,
        shared.origins());
  }

  private static Optional<String> reason(NodeLowering lowering, Node node) {
    try {
      lowering.lower(node);
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(refused.getMessage());
    }
  }
}
