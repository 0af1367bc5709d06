package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.engine.memory.Subgraphs;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which nodes the engine runs with a kernel set, and why not the others. */
public final class Acceptance {
  private final Graph graph;
  private final KernelSet kernels;

  public Acceptance(Graph graph, KernelSet kernels) {
    this.graph = graph;
    this.kernels = kernels;
  }

  /** Why the node is refused; empty when it is accepted. */
  public Optional<String> refusal(Node node) {
    if (node.op() instanceof ForeignOp op) {
      return Optional.of("unknown op " + op.domain() + "." + op.type());
    }
    List<Value> values = new ArrayList<>(node.inputs());
    values.addAll(node.outputs());
    for (Value value : values) {
      DType dtype = value.type().dtype();
      if (!value.isAbsent() && dtype == DType.STRING) {
        return Optional.of("'" + value.name() + "' is text");
      }
      if (!value.isAbsent() && dtype.isBlocked() && !isConstant(value)) {
        return Optional.of("'" + value.name() + "' is " + dtype + " and not constant");
      }
    }
    if (node.op() instanceof Attention op && op.state().isPresent()) {
      // The reference of an op with a state works on a state of its own.
      return slow(node);
    }
    for (Graph body : Subgraphs.of(node.op())) {
      var inner = new Acceptance(body, kernels);
      for (Node each : body.nodes()) {
        Optional<String> reason = inner.refusal(each);
        if (reason.isPresent()) {
          return Optional.of("node '" + each.name() + "' of its body: " + reason.get());
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the node has kernels or steps of its own; others are run by their reference. */
  boolean hasKernels(Node node) {
    return slow(node).isEmpty();
  }

  /** Why the node has no kernel. */
  private Optional<String> slow(Node node) {
    String reason =
        switch (node.op()) {
          case Unary op -> single(node);
          case Binary op -> sameType(node);
          case Reduce op -> sameType(node);
          case Softmax op -> single(node);
          case Concat op -> moved(node);
          case GatedActivation op -> single(node);
          case Reshape op -> "";
          case Slice op -> moved(node);
          case Transpose op -> moved(node);
          case Cast op -> "";
          case MatMul op -> matMul(node);
          case Gather op -> gather(node, op);
          case RmsNormalization op -> normalization(node);
          case LayerNormalization op -> normalization(node);
          case RotaryEmbedding op -> rotary(node);
          case Attention op -> attention(node, op);
          case MixtureOfExperts op -> experts(node);
          case Comparison op -> comparison(node);
          case Conv op -> layer(node, 1);
          case ConvTranspose op -> layer(node, 1);
          case Pool op -> pool(node, op);
          case Resize op -> resize(node, op);
          case Recurrent op -> recurrent(node, op);
          default -> "no kernel for " + node.op().type();
        };
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }

  private boolean isConstant(Value value) {
    return graph.constant(value).isPresent();
  }

  /** Functions are in single precision. */
  private static String single(Node node) {
    for (Value input : node.inputs()) {
      DType dtype = input.type().dtype();
      if (!input.isAbsent() && dtype != DType.F32) {
        return "no kernel for " + dtype;
      }
    }
    return "";
  }

  /** Arithmetic is in single precision or on integers, and the result is of the inputs' type. */
  private static String sameType(Node node) {
    DType result = node.output().type().dtype();
    for (Value input : node.inputs()) {
      DType dtype = input.type().dtype();
      if (!input.isAbsent() && dtype != result) {
        return "no kernel for " + dtype + " that gives " + result;
      }
    }
    return result == DType.F32 || result == DType.I32 || result == DType.I64
        ? ""
        : "no kernel for " + result;
  }

  /** Rows of F32, I32 or I64 on both sides. */
  private static String comparison(Node node) {
    for (Value input : node.inputs()) {
      DType dtype = input.type().dtype();
      boolean known = dtype == DType.F32 || dtype == DType.I32 || dtype == DType.I64;
      if (!known || input.type().rank() == 0) {
        return "no kernel that compares " + input.type();
      }
    }
    return "";
  }

  /** Elements of any plain dtype can be moved, but constants are held in single precision. */
  private String moved(Node node) {
    for (Value input : node.inputs()) {
      DType dtype = input.type().dtype();
      if (dtype.isBlocked() || (isConstant(input) && dtype.isFloat() && dtype != DType.F32)) {
        return "constants of " + dtype + " are not moved: cast '" + input.name() + "' to F32";
      }
    }
    return "";
  }

  private String computed(Node node, int... indices) {
    for (int i : indices) {
      Value input = node.input(i);
      if (!input.isAbsent() && !isConstant(input) && input.type().dtype() != DType.F32) {
        return "'" + input.name() + "' is " + input.type().dtype() + ", not F32";
      }
    }
    return "";
  }

  private String matMul(Node node) {
    ValueType a = node.input(0).type();
    ValueType b = node.input(1).type();
    boolean constant = isConstant(node.input(1));
    if (constant && !kernels.weightFormats().contains(b.dtype())) {
      return "weights of format " + b.dtype() + " are not read";
    }
    if (a.dtype() != DType.F32) {
      return "'" + node.input(0).name() + "' is " + a.dtype() + ", not F32";
    }
    return computed(node, 1);
  }

  private String gather(Node node, Gather op) {
    Value data = node.input(0);
    ValueType type = data.type();
    if (type.dims().subList(op.axis() + 1, type.rank()).stream()
        .anyMatch(dim -> !(dim instanceof Dim.Fixed))) {
      return "slices of " + type + " have no fixed size";
    }
    boolean stored = type.dtype().isBlocked() || type.dtype().isFloat();
    if (stored && isConstant(data) && !kernels.weightFormats().contains(type.dtype())) {
      return "weights of format " + type.dtype() + " are not read";
    }
    return stored && !isConstant(data) && type.dtype() != DType.F32
        ? "'" + data.name() + "' is " + type.dtype() + ", not F32"
        : "";
  }

  private String normalization(Node node) {
    if (!(node.input(0).type().dims().getLast() instanceof Dim.Fixed)) {
      return "rows of " + node.input(0).type() + " have no fixed length";
    }
    return node.input(0).type().dtype() == DType.F32
        ? computed(node, 1, 2)
        : "'" + node.input(0).name() + "' is " + node.input(0).type().dtype() + ", not F32";
  }

  private String rotary(Node node) {
    if (node.input(1).type().dtype() != DType.I32) {
      return "positions are " + node.input(1).type().dtype() + ", not I32";
    }
    return computed(node, 0, 2);
  }

  private String attention(Node node, Attention op) {
    if (node.input(0).type().rank() == 3) {
      return computed(node, 0, 1, 2, 5);
    }
    for (int i = 3; i < 5; i++) {
      Value ids = node.input(i);
      if (!graph.inputs().contains(ids) || ids.type().dtype() != DType.I32) {
        return "'" + ids.name() + "' is not an I32 input of the graph";
      }
    }
    if (op.state().isPresent()) {
      DType dtype = graph.state(op.state().get()).spec().dtype();
      if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.Q8_0) {
        return "states of " + dtype + " are not kept";
      }
    }
    return computed(node, 0, 1, 2);
  }

  /** Single precision, with constant weights. */
  private String layer(Node node, int... weights) {
    for (int i : weights) {
      if (!isConstant(node.input(i)) || node.input(i).type().dtype() != DType.F32) {
        return "weights '" + node.input(i).name() + "' are no constant of F32";
      }
    }
    return single(node);
  }

  private static String pool(Node node, Pool op) {
    boolean known =
        switch (op.kind()) {
          case MAX -> !op.indices();
          case AVERAGE -> !op.countPadding();
          case LP -> false;
        };
    return known ? single(node) : "no kernel for this kind of pool";
  }

  private static String resize(Node node, Resize op) {
    ValueType x = node.input(0).type();
    int rank = x.rank();
    boolean known = rank >= 2 && op.coordinates() != Resize.Coordinates.TF_CROP_AND_RESIZE;
    for (int i = 0; known && i < rank - 2; i++) {
      boolean same = op.scales().isEmpty() || op.scales().get(i) == 1;
      known = same && x.dim(i).equals(op.sizes().get(i));
    }
    return known ? single(node) : "no kernel for this kind of Resize";
  }

  private String recurrent(Node node, Recurrent op) {
    boolean known =
        op.kind() == Recurrent.Kind.LSTM
            && !op.batchFirst()
            && !op.inputForget()
            && op.clip().isEmpty()
            && node.input(4).isAbsent()
            && node.input(7).isAbsent();
    for (int i = 0; known && i < op.activations().size(); i++) {
      known =
          op.activations().get(i).function()
              == (i % 3 == 0 ? Recurrent.Function.SIGMOID : Recurrent.Function.TANH);
    }
    if (!known) {
      return "no kernel for this kind of " + op.type();
    }
    return node.input(3).isAbsent() ? layer(node, 1, 2) : layer(node, 1, 2, 3);
  }

  private String experts(Node node) {
    for (int i = 2; i < 5; i++) {
      Value weights = node.input(i);
      if (!isConstant(weights)) {
        return "experts '" + weights.name() + "' are not constant";
      }
      if (!kernels.weightFormats().contains(weights.type().dtype())) {
        return "weights of format " + weights.type().dtype() + " are not read";
      }
    }
    return computed(node, 0, 1, 5);
  }
}
