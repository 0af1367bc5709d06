package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.DequantizeLinear;
import dev.gatun.graph.op.QuantizeLinear;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes pairs of QuantizeLinear and DequantizeLinear out of a graph and says instead which values
 * they would have rounded, and to which codes: what a compiler needs that keeps values as codes.
 * Pairs with one scale for the whole value are lifted; constants that are dequantized become
 * floating-point ones; other nodes of these kinds stay. Inputs and outputs keep names and types.
 */
public final class QuantizationLifting {
  private final Graph graph;
  private final GraphCopy copy;
  private final Map<Integer, List<Node>> users = new HashMap<>();
  private final Map<Integer, Tensor> constants = new HashMap<>();
  private final Set<Integer> outputs = new HashSet<>();
  private final Set<Integer> lifted = new HashSet<>();
  private final Map<String, Code> codes = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();

  private QuantizationLifting(Graph graph) {
    this.graph = graph;
    copy = new GraphCopy(graph.name());
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        users.computeIfAbsent(input.id(), absent -> new ArrayList<>()).add(node);
      }
    }
    for (Constant constant : graph.constants()) {
      constants.put(constant.value().id(), constant.data());
    }
    graph.outputs().forEach(value -> outputs.add(value.id()));
  }

  /**
   * Codes that stand for {@code (code - zero) * scale}.
   *
   * @param dtype U8, I8, U16 or I16
   * @param only whether nothing reads the value before it is rounded
   */
  public record Code(DType dtype, float scale, int zero, boolean only) {
    private boolean same(Code other) {
      return dtype == other.dtype && scale == other.scale && zero == other.zero;
    }
  }

  /**
   * A graph without the pairs.
   *
   * @param codes of values, by name
   * @param aliases names of values that fell away, and of those that stand for them
   */
  public record Lifted(Graph graph, Map<String, Code> codes, Map<String, String> aliases) {
    public Lifted {
      codes = Map.copyOf(codes);
      aliases = Map.copyOf(aliases);
    }
  }

  /** The graph without pairs; the same object when it has none. */
  public static Lifted apply(Graph graph) {
    boolean none =
        graph.nodes().stream()
            .noneMatch(node ->
                node.op() instanceof QuantizeLinear || node.op() instanceof DequantizeLinear);
    return none ? new Lifted(graph, Map.of(), Map.of()) : new QuantizationLifting(graph).run();
  }

  private Lifted run() {
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case QuantizeLinear _ -> quantize(node);
        case DequantizeLinear _ -> dequantize(node);
        default -> copy.node(node);
      }
    }
    graph.outputs().forEach(copy::output);
    return new Lifted(DeadCodeElimination.apply(copy.build()), codes, aliases);
  }

  private void quantize(Node node) {
    Optional<Code> code = code(node);
    if (code.isEmpty()) {
      copy.node(node);
      return;
    }
    Value x = node.input(0);
    lifted.add(node.output().id());
    boolean only =
        !outputs.contains(x.id())
            && users.get(x.id()).stream()
                .allMatch(user -> code(user).filter(code.get()::same).isPresent());
    Code own = new Code(code.get().dtype(), code.get().scale(), code.get().zero(), only);
    codes.putIfAbsent(copy.copy(x).name(), own);
  }

  /** What a QuantizeLinear makes, where only DequantizeLinear of the same code reads it. */
  private Optional<Code> code(Node node) {
    if (!(node.op() instanceof QuantizeLinear op) || outputs.contains(node.output().id())) {
      return Optional.empty();
    }
    Optional<Code> code = op.block() == 0 ? code(node, op.to()) : Optional.empty();
    List<Node> readers = users.getOrDefault(node.output().id(), List.of());
    boolean pairs =
        code.isPresent()
            && readers.stream()
                .allMatch(reader ->
                    reader.op() instanceof DequantizeLinear back
                        && back.block() == 0
                        && code(reader, op.to()).filter(code.get()::same).isPresent());
    return pairs && !readers.isEmpty() ? code : Optional.empty();
  }

  /** One scale and zero point, from constants; empty for anything else. */
  private Optional<Code> code(Node node, DType dtype) {
    Tensor scale = constants.get(node.input(1).id());
    Tensor zero = constants.get(node.input(2).id());
    boolean one =
        scale != null
            && scale.shape().elements() == 1
            && (node.input(2).isAbsent() || (zero != null && zero.shape().elements() == 1));
    if (!one) {
      return Optional.empty();
    }
    return switch (dtype) {
      case U8, I8, U16, I16 ->
          Optional.of(
              new Code(
                  dtype,
                  (float) Array.of(scale).scalar(),
                  zero == null ? 0 : (int) Array.of(zero).scalar(),
                  false));
      default -> Optional.empty();
    };
  }

  private void dequantize(Node node) {
    Value output = node.output();
    if (lifted.contains(node.input(0).id())) {
      Node quantize = graph.producer(node.input(0)).orElseThrow();
      Value x = copy.copy(quantize.input(0));
      if (outputs.contains(output.id())) {
        // The output keeps its name: a cast that changes nothing.
        copy.replace(
            output, copy.builder().node(output.name(), new Cast(output.type().dtype()), x));
      } else {
        copy.replace(output, x);
        aliases.put(output.name(), x.name());
      }
      return;
    }
    boolean constant =
        node.inputs().stream()
            .allMatch(input -> input.isAbsent() || constants.containsKey(input.id()));
    Tensor folded = constant ? ConstantFolding.fold(node, constants) : null;
    if (folded == null) {
      copy.node(node);
    } else {
      copy.replace(output, copy.builder().constant(output.name(), folded));
    }
  }
}
