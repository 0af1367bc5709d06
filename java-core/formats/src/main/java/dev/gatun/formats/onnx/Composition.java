package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Range;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Groups of nodes that several operators are composed of. */
final class Composition {
  static final Binary ADD = new Binary(Binary.Function.ADD);
  static final Binary SUB = new Binary(Binary.Function.SUB);
  static final Binary MUL = new Binary(Binary.Function.MUL);
  static final Binary DIV = new Binary(Binary.Function.DIV);

  private final NodeScope node;

  Composition(NodeScope node) {
    this.node = node;
  }

  /** What a normalization leaves. */
  record Normal(Value y, Value mean, Value inverse) {}

  /** {@code (x - mean) / sqrt(variance + epsilon)} over axes. */
  Normal normal(Value x, List<Integer> axes, float epsilon) {
    Value mean = node.step("mean", new Reduce(Reduce.Function.MEAN, axes, true), x);
    Value centred = node.step("centred", SUB, x, mean);
    Value square = node.step("square", MUL, centred, centred);
    Value variance = node.step("variance", new Reduce(Reduce.Function.MEAN, axes, true), square);
    Value more =
        node.step("epsilon", ADD, variance, node.scalar("small", x.type().dtype(), epsilon));
    Value root = node.step("root", new Unary(Unary.Function.SQRT), more);
    Value inverse = node.step("inverse", new Unary(Unary.Function.RECIPROCAL), root);
    return new Normal(node.step("normal", MUL, centred, inverse), mean, inverse);
  }

  /** {@code x - max - log(sum(exp(x - max)))} along an axis; the last node gives an output. */
  Imported logSoftmax(Value x, int axis, int output) {
    Value shifted = shifted(x, axis);
    return node.output(output, SUB, shifted, logarithm(shifted, axis));
  }

  /** The same on the way. */
  Value logSoftmax(Value x, int axis) {
    Value shifted = shifted(x, axis);
    return node.step("logsoftmax", SUB, shifted, logarithm(shifted, axis));
  }

  private Value shifted(Value x, int axis) {
    Value max = node.step("max", new Reduce(Reduce.Function.MAX, List.of(axis), true), x);
    return node.step("shifted", SUB, x, max);
  }

  private Value logarithm(Value shifted, int axis) {
    Value exp = node.step("exp", new Unary(Unary.Function.EXP), shifted);
    Value sum = node.step("sum", new Reduce(Reduce.Function.SUM, List.of(axis), true), exp);
    return node.step("log", new Unary(Unary.Function.LOG), sum);
  }

  /** One number per channel (axis 1), shaped to meet x. */
  Value perChannel(String suffix, Value channels, int rank) {
    List<Dim> dims = new ArrayList<>(Collections.nCopies(rank, Dim.of(1)));
    dims.set(1, channels.type().dim(0));
    return reshape(suffix, channels, dims);
  }

  /** 0, 1, … I64 [count]. */
  Value range(String suffix, Dim count) {
    Value zero = node.scalar(suffix + ".zero", DType.I64, 0);
    Value one = node.scalar(suffix + ".one", DType.I64, 1);
    Value limit = node.extent(suffix + ".count", count);
    return node.step(suffix, new Range(count), zero, limit, one);
  }

  Value reshape(String suffix, Value x, List<Dim> dims) {
    return x.type().dims().equals(dims) ? x : node.step(suffix, new Reshape(dims), x);
  }

  Value cast(String suffix, Value x, DType dtype) {
    return x.type().dtype() == dtype ? x : node.step(suffix, new Cast(dtype), x);
  }

  /** The last node: x under the type that the output has. */
  List<Imported> finish(Value x, ValueType type) {
    if (!x.type().dims().equals(type.dims())) {
      Value shaped = x.type().dtype() == type.dtype() ? null : cast("cast", x, type.dtype());
      return node.result(new Reshape(type.dims()), shaped == null ? x : shaped);
    }
    return x.type().dtype() == type.dtype()
        ? List.of(new Imported.Computed(x))
        : node.result(new Cast(type.dtype()), x);
  }
}
