package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** ONNX Scan; axes other than the first and other directions are moved before and after it. */
final class ScanOp {
  private ScanOp() {}

  static List<Imported> run(NodeScope node) {
    if (node.opset() < 9) {
      throw node.unsupported("Scan of operator set 8 runs over batches");
    }
    OnnxGraph graph = node.body("body");
    int scanned = Math.toIntExact(node.integer("num_scan_inputs", 0));
    int states = node.inputs() - scanned;
    if (scanned < 1
        || states < 0
        || graph.inputs().size() != node.inputs()
        || graph.outputs().size() < states) {
      throw node.bad("has a body of %d inputs".formatted(graph.inputs().size()));
    }
    List<Value> inputs = new ArrayList<>();
    GraphImporter body = node.graph().body(node.first() + ".body");
    body.prepare(graph);
    for (int i = 0; i < node.inputs(); i++) {
      Value value = node.value(i);
      ValueType type = value.type();
      if (i >= states) {
        int axis = node.axis(at(node, "scan_input_axes", i - states), type.rank());
        value = front(node, "input" + i, value, axis, true);
        value = turned(node, "input" + i, value, at(node, "scan_input_directions", i - states));
        type = value.type();
        type = new ValueType(type.dtype(), type.dims().subList(1, type.rank()));
      }
      inputs.add(value);
      OnnxValueInfo info = graph.inputs().get(i);
      Value inner =
          body.builder().input(info.name(), type.dtype(), type.dims().toArray(new Dim[0]));
      body.define(info.name(), new Computed(inner), info.offset());
      body.carrying(List.of(inner));
    }
    body.nodes(graph);
    body.outputs(graph);
    inputs.addAll(body.captures().values());
    List<Imported> results =
        new ArrayList<>(
            node.results(
                new Scan(body.builder().build(), states, scanned), inputs.toArray(new Value[0])));
    for (int i = states; i < results.size(); i++) {
      Value value = ((Computed) results.get(i)).value();
      value = turned(node, "output" + i, value, at(node, "scan_output_directions", i - states));
      int axis = node.axis(at(node, "scan_output_axes", i - states), value.type().rank());
      results.set(i, new Computed(front(node, "output" + i, value, axis, false)));
    }
    return results;
  }

  private static long at(NodeScope node, String attribute, int index) {
    Optional<List<Long>> list = node.integers(attribute);
    return list.isPresent() && index < list.get().size() ? list.get().get(index) : 0;
  }

  /** Moves an axis to the front, or the first one to its place. */
  private static Value front(NodeScope node, String name, Value x, int axis, boolean to) {
    if (axis == 0) {
      return x;
    }
    int rank = x.type().rank();
    List<Integer> permutation = new ArrayList<>();
    if (to) {
      permutation.add(axis);
      IntStream.range(0, rank).filter(each -> each != axis).forEach(permutation::add);
    } else {
      IntStream.range(1, rank).forEach(permutation::add);
      permutation.add(axis, 0);
    }
    return node.step(name + ".moved", new Transpose(permutation), x);
  }

  private static Value turned(NodeScope node, String name, Value x, long direction) {
    if (direction == 0) {
      return x;
    }
    return node.step(
        name + ".turned",
        new StridedSlice(x.type().dims()),
        x,
        node.longs(name + ".start", List.of(-1L)),
        node.longs(name + ".end", List.of(Long.MIN_VALUE + 1)),
        node.longs(name + ".axis", List.of(0L)),
        node.longs(name + ".step", List.of(-1L)));
  }
}
