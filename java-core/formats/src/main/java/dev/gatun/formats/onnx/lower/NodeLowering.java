package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Fail;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.OnnxOp;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import java.util.List;

/** Lowers the nodes of one graph; the one switch over all ops. */
final class NodeLowering {
  private final Emitter emitter;
  private final ExportOptions options;
  private final List<LoweredState> states;
  private final ElementwiseLowering elementwise;
  private final ShapeLowering shapes;
  private final MatrixLowering matrices;
  private final ControlFlowLowering control;

  NodeLowering(Emitter emitter, ExportOptions options, List<LoweredState> states) {
    this.emitter = emitter;
    this.options = options;
    this.states = states;
    this.elementwise = new ElementwiseLowering(emitter);
    this.shapes = new ShapeLowering(emitter);
    this.matrices = new MatrixLowering(emitter, options);
    this.control = new ControlFlowLowering(emitter, this::lowerBody);
  }

  /**
   * Adds what a node is in ONNX.
   *
   * @throws Refused when it has no equal there
   */
  void lower(Node node) {
    emitter.enter(node.name());
    List<Operand> results =
        switch (node.op()) {
          case Unary op -> List.of(elementwise.unary(node, op));
          case Binary op -> List.of(elementwise.binary(node, op));
          case Reduce op -> List.of(elementwise.reduce(node, op));
          case Softmax op -> List.of(elementwise.softmax(node, op));
          case GatedActivation op -> List.of(elementwise.gated(node, op));
          case LayerNormalization op -> List.of(elementwise.normalization(node, op));
          case RmsNormalization op -> List.of(elementwise.normalization(node, op));
          case MatMul op -> List.of(matrices.product(node, op));
          case Gather op -> List.of(matrices.gather(node, op));
          case Reshape op -> List.of(shapes.reshape(node, op));
          case Transpose op -> List.of(shapes.transpose(node, op));
          case Concat op -> List.of(shapes.concat(node, op));
          case Slice op -> List.of(shapes.slice(node, op));
          case Cast op -> List.of(emitter.cast(emitter.operand(node.input(0)), op.to()));
          case RotaryEmbedding op -> List.of(new RotaryLowering(emitter).rotate(node, op));
          case Attention op -> List.of(new AttentionLowering(emitter, states).attend(node, op));
          case If op -> control.branch(node, op);
          case Loop op -> control.loop(node, op);
          case Scan op -> control.scan(node, op);
          case Conv op -> new LayerLowering(emitter).conv(node, op);
          case ConvTranspose op -> new LayerLowering(emitter).transpose(node, op);
          case Pool op -> new LayerLowering(emitter).pool(node, op);
          case BatchNormalization op -> new LayerLowering(emitter).normalize(node, op);
          case Recurrent op -> new LayerLowering(emitter).recurrent(node, op);
          case Resize op -> new LayerLowering(emitter).resize(node, op);
          case dev.gatun.graph.op.Extents op -> List.of(shapes.extents(op));
          case Fail op -> throw new Refused("a branch cannot run: " + op.reason());
          case OnnxOp op -> new ForeignLowering(emitter).run(node, op);
          case ForeignOp op -> new ForeignLowering(emitter).run(node, op);
          case MixtureOfExperts op -> List.of(new ExpertLowering(emitter, options).run(node, op));
        };
    for (int i = 0; i < results.size(); i++) {
      emitter.define(node.outputs().get(i), results.get(i));
    }
  }

  private void lowerBody(Emitter inner, Graph body) {
    NodeLowering nested = new NodeLowering(inner, options, states);
    body.nodes().forEach(nested::lower);
  }
}
