package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Views;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.SizedByNumbers;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which nodes the engine has kernels for, and why not the others. */
public final class Acceptance {
  private final Graph graph;
  private final KernelTexts kernels;

  public Acceptance(Graph graph, KernelTexts kernels) {
    this.graph = graph;
    this.kernels = kernels;
  }

  /** Formats of constant matrices that kernels read as they are stored. */
  public static Set<DType> weightFormats(KernelTexts kernels) {
    Set<DType> formats = EnumSet.noneOf(DType.class);
    for (DType dtype : DType.values()) {
      if (kernels.has("matvec_" + suffix(dtype)) && kernels.has("gather_rows_" + suffix(dtype))) {
        formats.add(dtype);
      }
    }
    return formats;
  }

  /** How names of kernels tell the format: {@code q4_k}. */
  static String suffix(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
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
    if (Views.isView(node)) {
      return Optional.empty();
    }
    if (DataSizes.areFoundBy(node)
        && !(node.op() instanceof SizedByNumbers)
        && !OpGroup.of(node).map(OpGroup::findsSizes).orElse(false)) {
      return Optional.of("no kernel tells the sizes of the results of " + node.op().type());
    }
    String reason =
        OpGroup.of(node)
            .map(group -> group.refusal(this, node))
            .orElseGet(() -> "no kernel for " + node.op().type());
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }

  Graph graph() {
    return graph;
  }

  /** What decides about the nodes of a subgraph. */
  Acceptance of(Graph body) {
    return new Acceptance(body, kernels);
  }

  boolean has(String kernel) {
    return kernels.has(kernel);
  }

  boolean isConstant(Value value) {
    return graph.constant(value).isPresent();
  }

  /**
   * Why the bytes of inputs of these numbers cannot be moved; empty when they can.
   *
   * @param axes that are walked over, or null
   */
  String moved(Node node, Axes axes, int... indices) {
    for (int i : indices) {
      DType dtype = node.input(i).type().dtype();
      if (dtype.isBlocked()) {
        return "no kernel that moves " + dtype;
      }
    }
    return axes == null ? "" : axes.refusal();
  }

  /** Inputs of these numbers, where they are there, are F32 or constants, which become so. */
  String computed(Node node, int... indices) {
    for (int i : indices) {
      Value input = i < node.inputs().size() ? node.input(i) : null;
      if (input != null
          && !input.isAbsent()
          && !isConstant(input)
          && input.type().dtype() != DType.F32) {
        return "'" + input.name() + "' is " + input.type().dtype() + ", not F32";
      }
    }
    return "";
  }
}
