package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnTensor;
import java.util.List;
import java.util.Optional;

/** Indices that count from the start: QNN has no others. */
final class Indices {
  private final Scope scope;
  private final Emitter emit;

  Indices(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  /**
   * An input of a node.
   *
   * @param extents what the indices are below: one number, or one for each index of the last axis
   */
  QnnTensor fromStart(Node node, int input, double... extents) {
    QnnTensor indices = scope.input(node, input);
    Form integers = Form.of(Elements.I32);
    Optional<Constant> constant = scope.constant(node.input(input));
    if (constant.isPresent()) {
      double[] values = Array.of(constant.get().data()).values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] += values[i] < 0 ? extents[i % extents.length] : 0;
      }
      return emit.constant(
          integers, indices.dims(), target -> Numbers.write(Elements.I32, values, target));
    }
    QnnTensor below = emit.binary("ElementWiseLess", Form.of(Elements.BOOL), indices, integers(0));
    QnnTensor moved = emit.binary("ElementWiseAdd", integers, indices, integers(extents));
    return emit.op("ElementWiseSelect", integers, indices.dims(), List.of(below, moved, indices));
  }

  private QnnTensor integers(double... values) {
    return emit.constant(
        Form.of(Elements.I32),
        List.of(values.length),
        target -> Numbers.write(Elements.I32, values, target));
  }
}
