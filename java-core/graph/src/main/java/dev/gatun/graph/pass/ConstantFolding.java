package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes what depends on constants alone, with the ops' references. Results of more than a
 * million elements are left to the backend: weights stay as the file has them.
 */
public final class ConstantFolding {
  private static final long MAX_ELEMENTS = 1 << 20;

  private final Graph graph;
  private final GraphCopy copy;
  private final Map<Integer, Tensor> known = new HashMap<>();
  private boolean changed;

  private ConstantFolding(Graph graph) {
    this.graph = graph;
    copy = new GraphCopy(graph.name());
  }

  /** The folded graph, or the same object when there is nothing to fold. */
  public static Graph apply(Graph graph) {
    return new ConstantFolding(graph).run();
  }

  private Graph run() {
    graph.inputs().forEach(copy::input);
    for (Constant constant : graph.constants()) {
      copy.constant(constant);
      known.put(constant.value().id(), constant.data());
    }
    copy.states(graph, graph.nodes());
    Set<Integer> outputs = new java.util.HashSet<>();
    graph.outputs().forEach(value -> outputs.add(value.id()));
    for (Node node : graph.nodes()) {
      Tensor folded = isFoldable(node) && !outputs.contains(node.output().id()) ? fold(node) : null;
      if (folded == null) {
        copy.node(node);
        continue;
      }
      changed = true;
      known.put(node.output().id(), folded);
      copy.replace(node.output(), copy.builder().constant(node.output().name(), folded));
    }
    graph.outputs().forEach(copy::output);
    return changed ? copy.build() : graph;
  }

  private boolean isFoldable(Node node) {
    if (node.outputs().size() != 1
        || node.op() instanceof ForeignOp
        || node.inputs().isEmpty()
        || node.output().type().dtype().isBlocked()) {
      return false;
    }
    for (Value input : node.inputs()) {
      if (!input.isAbsent() && !known.containsKey(input.id())) {
        return false;
      }
    }
    ValueType type = node.output().type();
    return type.dims().stream().allMatch(dim -> dim instanceof Dim.Fixed)
        && (type.maxElements() <= MAX_ELEMENTS || node.op() instanceof Reshape);
  }

  private Tensor fold(Node node) {
    return fold(node, known);
  }

  /**
   * What a node with one output makes of constants; null when the reference refuses, as for a
   * division by zero: the run shall say so.
   *
   * @param known its inputs, by id
   */
  static Tensor fold(Node node, Map<Integer, Tensor> known) {
    ValueType type = node.output().type();
    if (node.op() instanceof Reshape) {
      return known.get(node.input(0).id()).reshape(type.resolve(Map.of()));
    }
    var builder = new GraphBuilder(node.name());
    Value[] inputs = new Value[node.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      Value input = node.input(i);
      inputs[i] = input.isAbsent() ? input : builder.constant("input" + i, known.get(input.id()));
    }
    Value result = builder.node("result", node.op(), inputs);
    builder.output(result);
    try {
      Array array =
          new ReferenceInterpreter(builder.build())
              .run(Map.of(), new ReferenceStates(List.of()), Set.of())
              .get("result");
      Shape shape = type.resolve(Map.of());
      MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(array.byteSize())]);
      array.store(data, 0);
      return new Tensor(type.dtype(), shape, data);
    } catch (GraphException e) {
      return null;
    }
  }
}
