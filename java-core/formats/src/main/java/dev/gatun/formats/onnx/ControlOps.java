package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Fail;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Reshape;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** If and Loop. What their bodies read of the graphs around becomes inputs of the op. */
final class ControlOps {
  private static final long MAX_ITERATIONS = 1L << 31;

  private ControlOps() {}

  static void register(OpImporters ops) {
    ops.add("If", ControlOps::branches);
    ops.add("Loop", ControlOps::loop);
    ops.add("Scan", ScanOp::run);
  }

  private static List<Imported> branches(NodeScope node) {
    OnnxGraph then = node.body("then_branch");
    OnnxGraph other = node.body("else_branch");
    Optional<Tensor> condition = node.constant(0);
    if (condition.isPresent()) {
      boolean holds = Array.of(condition.get()).scalar() != 0;
      return inline(node, holds ? then : other);
    }
    Branch first = branch(node, then, "then");
    Branch second = branch(node, other, "else");
    if (first.problem() != null && second.problem() != null) {
      throw first.problem();
    }
    first = first.problem() == null ? first : failing(node, then, first, second);
    second = second.problem() == null ? second : failing(node, other, second, first);
    if (differInRank(first, second)) {
      second = failing(node, other, unlike(node, second, first), first);
    }
    GraphImporter a = first.body();
    GraphImporter b = second.body();
    List<Value> ours = first.outputs();
    List<Value> theirs = second.outputs();
    Map<String, Value> captured = new LinkedHashMap<>(a.captures());
    captured.putAll(b.captures());
    order(a, captured);
    order(b, captured);
    List<ValueType> results = new ArrayList<>();
    if (ours.size() != theirs.size()) {
      throw node.bad("has branches of %d and %d outputs".formatted(ours.size(), theirs.size()));
    }
    for (int i = 0; i < ours.size(); i++) {
      results.add(common(node, ours.get(i).type(), theirs.get(i).type(), i));
    }
    List<Value> inputs = new ArrayList<>(List.of(node.value(0)));
    inputs.addAll(captured.values());
    Graph thenGraph = a.builder().build();
    Graph otherGraph = b.builder().build();
    return node.results(new If(thenGraph, otherGraph, results), inputs.toArray(new Value[0]));
  }

  private record Branch(GraphImporter body, List<Value> outputs, ModelFormatException problem) {}

  private static Branch branch(NodeScope node, OnnxGraph graph, String name) {
    GraphImporter body = node.graph().body(node.first() + "." + name);
    try {
      body.prepare(graph);
      body.nodes(graph);
      return new Branch(body, body.outputs(graph), null);
    } catch (ModelFormatException e) {
      return new Branch(body, List.of(), e);
    }
  }

  /**
   * A branch that contradicts the shapes that are known is there for others: it fails when it is
   * taken.
   */
  private static Branch failing(NodeScope node, OnnxGraph graph, Branch broken, Branch sound) {
    GraphImporter body = node.graph().body(broken.body().builder().name());
    List<ValueType> types = sound.outputs().stream().map(Value::type).toList();
    List<String> names = graph.outputs().stream().map(OnnxValueInfo::name).toList();
    if (names.size() != types.size()) {
      throw broken.problem();
    }
    var op = new Fail(broken.problem().getMessage(), types);
    List<Value> outputs = body.builder().nodes("fail", op, List.of(), names);
    outputs.forEach(body.builder()::output);
    return new Branch(body, outputs, null);
  }

  /** Both branches take the same values in the same order. */
  private static void order(GraphImporter body, Map<String, Value> captured) {
    List<Value> inputs = new ArrayList<>();
    captured.forEach((name, outer) -> inputs.add(body.capture(name, outer)));
    body.builder().orderInputs(inputs);
  }

  private static boolean differInRank(Branch first, Branch second) {
    List<Value> ours = first.outputs();
    List<Value> theirs = second.outputs();
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      if (ours.get(i).type().rank() != theirs.get(i).type().rank()) {
        return true;
      }
    }
    return false;
  }

  /**
   * A branch that gives other ranks than the first one. Exporters write such an If where an axis is
   * dropped if its extent is 1, as it was when they traced the model: so the first branch is what
   * follows was made for. Where a run takes the other one, it says so.
   */
  private static Branch unlike(NodeScope node, Branch branch, Branch first) {
    var problem =
        node.unsupported(
            "the other branch was taken, which gives %s; what follows was read for %s: say the shapes of the inputs when the model is loaded (--shape INPUT=SIZES)"
                .formatted(types(branch), types(first)));
    return new Branch(branch.body(), List.of(), problem);
  }

  private static List<ValueType> types(Branch branch) {
    return branch.outputs().stream().map(Value::type).toList();
  }

  private static ValueType common(NodeScope node, ValueType a, ValueType b, int output) {
    if (a.dtype() != b.dtype()) {
      throw node.unsupported(
          "its branches give %s and %s as output %d: the dtype must not depend on data"
              .formatted(a, b, output));
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < a.rank(); axis++) {
      Dim x = a.dim(axis);
      Dim y = b.dim(axis);
      dims.add(
          x.equals(y) && !x.dataDependent()
              ? x
              : node.unknown(output + "." + axis, Math.max(x.max(), y.max())));
    }
    return new ValueType(a.dtype(), dims);
  }

  /** The branch that is known to run takes the node's place. */
  private static List<Imported> inline(NodeScope node, OnnxGraph graph) {
    GraphImporter body = node.graph().inlined();
    body.prepare(graph);
    body.nodes(graph);
    List<Imported> results = new ArrayList<>();
    for (OnnxValueInfo output : graph.outputs()) {
      results.add(
          body.find(output.name())
              .orElseThrow(() -> node.bad("has no value for '" + output.name() + "'")));
    }
    return results;
  }

  private static List<Imported> loop(NodeScope node) {
    OnnxGraph graph = node.body("body");
    int carried = node.inputs() - 2;
    if (carried < 0
        || graph.inputs().size() != 2 + carried
        || graph.outputs().size() < 1 + carried) {
      throw node.bad("has a body of %d inputs".formatted(graph.inputs().size()));
    }
    List<Value> initial = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      initial.add(node.value(2 + i));
    }
    List<ValueType> types = new ArrayList<>(initial.stream().map(Value::type).toList());
    while (true) {
      GraphImporter body = node.graph().body(node.first() + ".body");
      List<Value> outputs = loopBody(body, graph, types);
      if (widen(node, types, outputs)) {
        continue;
      }
      List<Value> inputs = new ArrayList<>(List.of(node.optional(0), node.optional(1)));
      inputs.addAll(initial);
      inputs.addAll(body.captures().values());
      var op = new Loop(body.builder().build(), carried, results(node, types, outputs));
      return node.results(op, inputs.toArray(new Value[0]));
    }
  }

  private static List<Value> loopBody(GraphImporter body, OnnxGraph graph, List<ValueType> types) {
    body.prepare(graph);
    one(body, graph.inputs().get(0), DType.I64);
    one(body, graph.inputs().get(1), DType.BOOL);
    for (int i = 0; i < types.size(); i++) {
      OnnxValueInfo info = graph.inputs().get(2 + i);
      ValueType type = types.get(i);
      Value value =
          body.builder().input(info.name(), type.dtype(), type.dims().toArray(new Dim[0]));
      body.define(info.name(), new Computed(value), info.offset());
      body.carrying(List.of(value));
    }
    body.nodes(graph);
    return body.outputs(graph, true);
  }

  /** Iteration and condition have no dimensions in ours; a body may declare one of extent 1. */
  private static void one(GraphImporter body, OnnxValueInfo info, DType dtype) {
    Value value = body.builder().input(info.name(), dtype);
    boolean vector = info.dims().isPresent() && info.dims().get().size() == 1;
    if (vector) {
      value = body.builder().node(info.name() + ".vector", new Reshape(List.of(Dim.of(1))), value);
    }
    body.define(info.name(), new Computed(value), info.offset());
  }

  /** Opens extents that an iteration changes; true when there was one. */
  private static boolean widen(NodeScope node, List<ValueType> types, List<Value> outputs) {
    boolean changed = false;
    for (int i = 0; i < types.size(); i++) {
      ValueType before = types.get(i);
      ValueType after = outputs.get(1 + i).type();
      if (before.dtype() != after.dtype() || before.rank() != after.rank()) {
        throw node.unsupported(
            "it makes %s of %s: dtype and rank must not change".formatted(after, before));
      }
      List<Dim> dims = new ArrayList<>(before.dims());
      for (int axis = 0; axis < dims.size(); axis++) {
        if (!before.dim(axis).equals(after.dim(axis)) && !before.dim(axis).dataDependent()) {
          dims.set(axis, node.unknown("carried" + i + "." + axis, MAX_ITERATIONS));
          changed = true;
        }
      }
      types.set(i, new ValueType(before.dtype(), dims));
    }
    return changed;
  }

  private static List<ValueType> results(
      NodeScope node, List<ValueType> types, List<Value> outputs) {
    List<ValueType> results = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      results.add(outside(node, types.get(i), i));
    }
    for (int i = types.size(); i < outputs.size() - 1; i++) {
      ValueType slice = outside(node, outputs.get(1 + i).type(), i);
      List<Dim> dims = new ArrayList<>(slice.dims());
      dims.addFirst(node.unknown(i + ".iterations", MAX_ITERATIONS));
      results.add(new ValueType(slice.dtype(), dims));
    }
    return results;
  }

  /** A type of the body, with new symbols for those that only the body knows. */
  static ValueType outside(NodeScope node, ValueType type, int output) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < type.rank(); axis++) {
      Dim dim = type.dim(axis);
      dims.add(dim.dataDependent() ? node.unknown(output + "." + axis, dim.max()) : dim);
    }
    return new ValueType(type.dtype(), dims);
  }
}
