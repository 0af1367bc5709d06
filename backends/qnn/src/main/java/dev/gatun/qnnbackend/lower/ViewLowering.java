package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.Slice;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import java.util.ArrayList;
import java.util.List;

/** What moves, picks or repeats elements. */
final class ViewLowering {
  private final Scope scope;
  private final Emitter emit;

  ViewLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  /** Reshape, and whatever only changes extents. */
  QnnTensor reshape(Node node) {
    return emit.reshape(scope.input(node, 0), scope.dims(node.output()));
  }

  QnnTensor slice(Node node, Slice op) {
    int length = scope.size(node.output(), op.length());
    return emit.slice(scope.input(node, 0), op.axis(), Math.toIntExact(op.start()), length);
  }

  void concat(Node node, int axis, Form form) {
    boolean last =
        axis == 1
            && node.output().type().rank() == 4
            && node.inputs().stream().anyMatch(scope::isChannelsLast);
    List<QnnTensor> parts =
        node.inputs().stream().map(last ? scope::channelsLast : scope::value).toList();
    QnnTensor made = emit.concat(last ? 3 : axis, parts, form);
    if (last) {
      scope.putChannelsLast(node.output(), made);
    } else {
      scope.put(node.output(), made);
    }
  }

  QnnTensor gather(Node node, Gather op) {
    QnnTensor data = scope.input(node, 0);
    QnnTensor indices = new Indices(scope).fromStart(node, 1, data.dim(op.axis()));
    List<Integer> dims = new ArrayList<>(data.dims().subList(0, op.axis()));
    dims.addAll(indices.dims());
    dims.addAll(data.dims().subList(op.axis() + 1, data.rank()));
    QnnTensor picked =
        emit.op(
            "Gather",
            Form.of(data),
            dims,
            List.of(data, indices),
            new Parameter.I32("axis", op.axis()));
    return emit.reshape(picked, scope.dims(node.output()));
  }

  /** Repeats until the output's extents are reached. */
  QnnTensor repeat(Node node) {
    List<Integer> dims = scope.dims(node.output());
    QnnTensor x = emit.padRank(scope.input(node, 0), dims.size());
    List<Integer> multiples = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      multiples.add(dims.get(i) / x.dim(i));
    }
    if (multiples.stream().allMatch(each -> each == 1)) {
      return x;
    }
    return emit.op("Tile", Form.of(x), dims, List.of(x), Emitter.vector("multiples", multiples));
  }

  /** Sizes, which are all known here. */
  QnnTensor extents(Node node, Extents op) {
    Value output = node.output();
    List<Integer> sizes = op.dims().stream().map(dim -> scope.size(output, dim)).toList();
    double[] values = sizes.stream().mapToDouble(size -> size).toArray();
    return emit.constant(
        Form.of(Elements.I32),
        scope.dims(output),
        target -> Numbers.write(Elements.I32, values, target));
  }

  QnnTensor pad(Node node, Pad op) {
    if ((!node.input(3).isAbsent() && scope.constant(node.input(3)).isEmpty())
        || scope.constant(node.input(1)).isEmpty()) {
      throw new Refused("paddings that are computed are not lowered to QNN");
    }
    if (op.mode() != Pad.Mode.CONSTANT || !node.input(3).isAbsent()) {
      throw new Refused("only constant padding of all axes is lowered to QNN");
    }
    double value = 0;
    if (!node.input(2).isAbsent()) {
      value =
          scope
              .constant(node.input(2))
              .map(constant -> Array.of(constant.data()).scalar())
              .orElseThrow(() -> new Refused("a padding value that is computed"));
    }
    double[] pads = Array.of(scope.constant(node.input(1)).orElseThrow().data()).values();
    int rank = pads.length / 2;
    List<Integer> amounts = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (pads[i] < 0 || pads[rank + i] < 0) {
        throw new Refused("padding that takes elements away is not lowered to QNN");
      }
      amounts.add((int) pads[i]);
      amounts.add((int) pads[rank + i]);
    }
    QnnTensor x = scope.input(node, 0);
    return emit.op(
        "Pad",
        Form.of(x),
        scope.dims(node.output()),
        List.of(x),
        new Parameter.U32("scheme", 0),
        new Parameter.U32s("pad_amount", List.of(rank, 2), amounts),
        new Parameter.F32("pad_constant_value", (float) value));
  }

  /** Parts of an axis, one after the other. */
  void split(Node node, int axis) {
    QnnTensor x = scope.input(node, 0);
    int from = 0;
    for (Value part : node.outputs()) {
      Dim dim = part.type().dim(axis);
      int length = scope.size(part, dim);
      scope.put(part, emit.slice(x, axis, from, length));
      from += length;
    }
  }
}
