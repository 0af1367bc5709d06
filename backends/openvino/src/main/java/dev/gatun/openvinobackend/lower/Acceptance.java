package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Extents;
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
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.Optional;

/** Which nodes {@link Lowering} writes, and why not the others. */
public final class Acceptance {
  private final Graph graph;

  public Acceptance(Graph graph) {
    this.graph = graph;
  }

  /** Why the node is refused; empty when it is accepted. */
  public Optional<String> refusal(Node node) {
    for (Value value : node.inputs()) {
      Optional<String> reason = value.isAbsent() ? Optional.empty() : unreadable(value);
      if (reason.isPresent()) {
        return reason;
      }
    }
    String reason =
        switch (node.op()) {
          case Binary _, Reduce _ -> wide(node);
          case Unary _,
              Softmax _,
              MatMul _,
              Gather _,
              Reshape _,
              Transpose _,
              Concat _,
              Slice _,
              LayerNormalization _,
              RmsNormalization _,
              RotaryEmbedding _,
              Attention _,
              GatedActivation _ ->
              "";
          case Cast op ->
              op.to() == DType.F16 || op.to() == DType.BF16
                  ? "OpenVINO computes in another precision: nothing would be rounded to " + op.to()
                  : "";
          case MixtureOfExperts _ -> ExpertLowering.refusal(graph, node);
          case If op -> firstOf(inside(op.thenBranch()), inside(op.elseBranch()));
          case Loop op -> inside(op.body());
          case Scan op -> inside(op.body());
          case Conv _, ConvTranspose _, BatchNormalization _, Extents _ -> "";
          case Pool op -> LayerLowering.refusal(op);
          case Recurrent op -> RecurrentLowering.refusal(node, op);
          case Resize op -> ResizeLowering.refusal(node, op);
          case Tile _ when graph.constant(node.input(1)).isEmpty() ->
              "OpenVINO's Tile gives other elements where the repeats are computed";
          case OnnxOp op -> OnnxLowering.refusal(node, op);
          case Fail op -> "a branch cannot run: " + op.reason();
          case ForeignOp op -> "unknown op " + op.domain() + "." + op.type();
        };
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }

  private static String firstOf(String one, String other) {
    return one.isEmpty() ? other : one;
  }

  /** Why a body is refused; empty when it is not. */
  private static String inside(Graph body) {
    Acceptance own = new Acceptance(body);
    for (Node node : body.nodes()) {
      Optional<String> reason = own.refusal(node);
      if (reason.isPresent()) {
        return "node '%s' in its body: %s".formatted(node.name(), reason.get());
      }
    }
    return "";
  }

  /** Integers of 8 and 16 bits stop at their largest value there, where they shall wrap. */
  private static String wide(Node node) {
    return switch (node.input(0).type().dtype()) {
      case I8, U8, I16, U16 ->
          "OpenVINO's arithmetic on %s does not wrap: cast '%s' to I32"
              .formatted(node.input(0).type().dtype(), node.input(0).name());
      default -> "";
    };
  }

  private Optional<String> unreadable(Value value) {
    DType dtype = value.type().dtype();
    if (dtype == DType.STRING) {
      return Optional.of("'" + value.name() + "' is STRING");
    }
    if (dtype.isBlocked() && graph.constant(value).isEmpty()) {
      return Optional.of("'" + value.name() + "' is " + dtype + " and no constant");
    }
    return Optional.empty();
  }
}
