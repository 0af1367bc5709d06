package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.step.OneHotStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.MatMul;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * {@code (numbers == [0, 1, .. n - 1]) W}, with the comparison cast to single precision: how some
 * exporters write an embedding.
 */
final class OneHotLowering {
  private final Lowering lowering;

  OneHotLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  /** Lowers the whole product when a comparison is the start of one; else false. */
  boolean lower(Node node, Comparison op) {
    Node cast = only(node);
    Node product = cast == null ? null : only(cast);
    if (op.function() != Comparison.Function.EQUAL
        || product == null
        || !(cast.op() instanceof Cast(DType to) && to == DType.F32)
        || !(product.op() instanceof MatMul(boolean transposed) && !transposed)
        || product.input(0).id() != cast.output().id()) {
      return false;
    }
    Optional<Tensor> matrix = lowering.views().constant(product.input(1));
    int numbers = isCount(node.input(1), node.output().type()) ? 0 : 1;
    Value from = node.input(numbers);
    ValueType type = node.output().type();
    int last = type.rank() - 1;
    boolean fits =
        matrix.isPresent()
            && matrix.get().shape().rank() == 2
            && isCount(node.input(1 - numbers), type)
            && from.type().rank() == type.rank()
            && from.type().dim(last).is(1)
            && from.type().dims().subList(0, last).equals(type.dims().subList(0, last));
    if (!fits) {
      return false;
    }
    Operand in = lowering.operand(from);
    Operand rows = lowering.operand(product.input(1));
    Operand y = lowering.result(product.output());
    lowering.fused.add(cast.id());
    lowering.fused.add(product.id());
    lowering.steps.add(
        new OneHotStep(
            new StepInfo(
                List.of(product.name(), node.name(), cast.name()),
                "engine.gather",
                List.of(Access.whole(in), Access.whole(rows)),
                List.of(Access.aligned(y))),
            from.type().dtype(),
            in,
            rows,
            Math.toIntExact(matrix.get().shape().dim(0)),
            Math.toIntExact(matrix.get().shape().dim(1)),
            y,
            lowering.rows(type)));
    return true;
  }

  /** The only node that reads a node's result, when nothing else does. */
  private Node only(Node node) {
    List<Node> readers = lowering.readers(node.output());
    return readers.size() == 1 && !lowering.views().isKept(node.output())
        ? readers.getFirst()
        : null;
  }

  /** Whether a value is 0, 1, .. along the last axis of a type. */
  private boolean isCount(Value value, ValueType type) {
    Optional<Tensor> constant = lowering.views().constant(value);
    boolean whole = value.type().dtype() == DType.I32 || value.type().dtype() == DType.I64;
    List<Dim> dims = value.type().dims();
    if (!whole
        || constant.isEmpty()
        || dims.isEmpty()
        || !dims.getLast().equals(type.dims().getLast())
        || !dims.subList(0, dims.size() - 1).stream().allMatch(dim -> dim.is(1))) {
      return false;
    }
    double[] values = Array.of(constant.get()).values();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != i) {
        return false;
      }
    }
    return true;
  }
}
