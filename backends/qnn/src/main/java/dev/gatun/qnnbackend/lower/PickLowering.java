package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Trilu;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What picks single elements, or marks them. */
final class PickLowering {
  private final Scope scope;
  private final Emitter emit;
  private final Indices indices;

  PickLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
    indices = new Indices(scope);
  }

  QnnTensor gatherElements(Node node, GatherElements op) {
    QnnTensor data = scope.input(node, 0);
    QnnTensor places = indices.fromStart(node, 1, data.dim(op.axis()));
    return emit.op(
        "GatherElements",
        Form.of(data),
        places.dims(),
        List.of(data, places),
        new Parameter.U32("axis", op.axis()));
  }

  QnnTensor gatherNd(Node node, GatherNd op) {
    QnnTensor data = scope.input(node, 0);
    List<Integer> dims = scope.dims(node.input(1));
    int named = dims.getLast();
    double[] extents = new double[named];
    for (int i = 0; i < named; i++) {
      extents[i] = data.dim(op.batchDims() + i);
    }
    QnnTensor places = indices.fromStart(node, 1, extents);
    QnnTensor picked =
        emit.op(
            "GatherNd",
            Form.of(data),
            scope.dims(node.output()),
            List.of(data, places),
            new Parameter.U32("batch_dims", op.batchDims()));
    return emit.reshape(picked, scope.dims(node.output()));
  }

  /** One index is compared with all there are. */
  QnnTensor oneHot(Node node, OneHot op, Form form) {
    if (scope.elements(node.input(0)) != Elements.I32) {
      throw new Refused("indices that are no integers");
    }
    double[] values = numbers(node, 2);
    int depth = scope.size(node.output(), op.depth());
    List<Integer> dims = new ArrayList<>(scope.dims(node.input(0)));
    if (node.input(0).type().rank() == 0) {
      dims.clear();
    }
    dims.add(op.axis(), 1);
    QnnTensor places = emit.reshape(indices.fromStart(node, 0, depth), dims);
    List<Integer> line = new ArrayList<>(Collections.nCopies(dims.size(), 1));
    line.set(op.axis(), depth);
    double[] all = IntStream.range(0, depth).asDoubleStream().toArray();
    QnnTensor marked =
        emit.binary(
            "ElementWiseEqual", Form.of(Elements.BOOL), places, constant(Elements.I32, line, all));
    return emit.op(
        "ElementWiseSelect",
        form,
        marked.dims(),
        List.of(
            marked,
            constant(form.elements(), List.of(1), values[1]),
            constant(form.elements(), List.of(1), values[0])));
  }

  /** The other part of a matrix is zero, whatever stands there. */
  QnnTensor trilu(Node node, Trilu op, Form form) {
    QnnTensor x = scope.input(node, 0);
    int rows = x.dim(-2);
    int columns = x.dim(-1);
    int diagonal = node.input(1).isAbsent() ? 0 : (int) numbers(node, 1)[0];
    double[] kept = new double[rows * columns];
    for (int i = 0; i < kept.length; i++) {
      int distance = i % columns - i / columns - diagonal;
      kept[i] = (op.upper() ? distance >= 0 : distance <= 0) ? 1 : 0;
    }
    List<Integer> dims = new ArrayList<>(Collections.nCopies(x.rank(), 1));
    dims.set(x.rank() - 2, rows);
    dims.set(x.rank() - 1, columns);
    return emit.op(
        "ElementWiseSelect",
        form,
        x.dims(),
        List.of(constant(Elements.BOOL, dims, kept), x, constant(form.elements(), List.of(1), 0)));
  }

  /** Ranges with steps that are known. */
  QnnTensor stridedSlice(Node node, StridedSlice op) {
    QnnTensor x = scope.input(node, 0);
    double[] starts = numbers(node, 1);
    double[] ends = numbers(node, 2);
    double[] axes =
        node.input(3).isAbsent()
            ? IntStream.range(0, starts.length).asDoubleStream().toArray()
            : numbers(node, 3);
    double[] steps = new double[starts.length];
    Arrays.fill(steps, 1);
    if (!node.input(4).isAbsent()) {
      steps = numbers(node, 4);
    }
    List<Integer> ranges = new ArrayList<>();
    for (int dim : x.dims()) {
      ranges.addAll(List.of(0, dim, 1));
    }
    for (int i = 0; i < axes.length; i++) {
      int axis = Math.floorMod((int) axes[i], x.rank());
      int extent = x.dim(axis);
      // Backwards, the first element is before the end -1.
      int first = steps[i] < 0 ? -1 : 0;
      double start = starts[i] < 0 ? starts[i] + extent : starts[i];
      double end = ends[i] < 0 ? ends[i] + extent : ends[i];
      ranges.set(3 * axis, (int) Math.clamp(start, 0, extent + first));
      ranges.set(3 * axis + 1, (int) Math.clamp(end, first, extent + first));
      ranges.set(3 * axis + 2, (int) Math.clamp(steps[i], -extent, extent));
    }
    return emit.op(
        "StridedSlice",
        Form.of(x),
        scope.dims(node.output()),
        List.of(x),
        new Parameter.I32s("ranges", List.of(x.rank(), 3), ranges));
  }

  private double[] numbers(Node node, int index) {
    Value value = node.input(index);
    return Array.of(
            scope
                .constant(value)
                .orElseThrow(() ->
                    new Refused("'%s' is computed, an NPU must know it".formatted(value.name())))
                .data())
        .values();
  }

  private QnnTensor constant(Elements elements, List<Integer> dims, double... values) {
    return emit.constant(
        Form.of(elements), dims, target -> Numbers.write(elements, values, target));
  }
}
