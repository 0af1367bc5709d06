package dev.gatun.formats.onnx;

import static dev.gatun.formats.onnx.Composition.ADD;
import static dev.gatun.formats.onnx.Composition.DIV;
import static dev.gatun.formats.onnx.Composition.MUL;
import static dev.gatun.formats.onnx.Composition.SUB;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Hardmax;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.LocalResponseNormalization;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Softmax and normalizations. */
final class NormalizationOps {
  private NormalizationOps() {}

  static void register(OpImporters ops) {
    ops.add("Softmax", node -> softmax(node, false));
    ops.add("LogSoftmax", node -> softmax(node, true));
    ops.add("Hardmax", NormalizationOps::hardmax);
    ops.add("LayerNormalization", NormalizationOps::layer);
    ops.add("RMSNormalization", NormalizationOps::rootMeanSquare);
    // ONNX Runtime's name for it, from before ONNX had one.
    ops.add("SimplifiedLayerNormalization", NormalizationOps::rootMeanSquare);
    ops.add("InstanceNormalization", NormalizationOps::instance);
    ops.add("GroupNormalization", NormalizationOps::group);
    ops.add("MeanVarianceNormalization", NormalizationOps::meanVariance);
    ops.add("LpNormalization", NormalizationOps::unit);
    ops.add("LRN", NormalizationOps::local);
  }

  /** Before operator set 13 the axis and all that follow are one row. */
  private static List<Imported> softmax(NodeScope node, boolean log) {
    return rows(
        node,
        (x, axis) ->
            log
                ? new Composition(node).logSoftmax(x, axis)
                : node.step("softmax", new Softmax(axis), x),
        (x, axis) ->
            log
                ? List.of(new Composition(node).logSoftmax(x, axis, 0))
                : node.result(new Softmax(axis), x));
  }

  private static List<Imported> hardmax(NodeScope node) {
    return rows(
        node,
        (x, axis) -> node.step("hardmax", new Hardmax(axis), x),
        (x, axis) -> node.result(new Hardmax(axis), x));
  }

  @FunctionalInterface
  private interface AlongAxis<T> {
    T of(Value x, int axis);
  }

  private static List<Imported> rows(
      NodeScope node, AlongAxis<Value> step, AlongAxis<List<Imported>> last) {
    Value x = node.value(0);
    ValueType type = x.type();
    boolean rows = node.opset() < 13;
    int axis = node.axis(node.integer("axis", rows ? 1 : -1), type.rank());
    if (!rows || axis == type.rank() - 1) {
      return last.of(x, axis);
    }
    Value joined = node.step("rows", new Reshape(joined(node, type, axis)), x);
    return node.result(new Reshape(type.dims()), step.of(joined, axis));
  }

  private static List<Dim> joined(NodeScope node, ValueType type, int axis) {
    long length = 1;
    for (Dim dim : type.dims().subList(axis, type.rank())) {
      if (!(dim instanceof Dim.Fixed(long size))) {
        throw node.unsupported("it joins axes of open extent " + type);
      }
      length = Math.multiplyExact(length, size);
    }
    List<Dim> dims = new ArrayList<>(type.dims().subList(0, axis));
    dims.add(Dim.of(length));
    return dims;
  }

  private static List<Imported> layer(NodeScope node) {
    ValueType type = node.type(0);
    int axis = node.axis(node.integer("axis", -1), type.rank());
    float epsilon = node.real("epsilon", 1e-5f);
    boolean vectors =
        node.type(1).dims().equals(List.of(type.dim(-1)))
            && (!node.has(2) || node.type(2).dims().equals(List.of(type.dim(-1))));
    if (axis == type.rank() - 1
        && !node.wants(1)
        && !node.wants(2)
        && vectors
        && type.dtype() == DType.F32) {
      return node.result(
          new LayerNormalization(epsilon), node.value(0), node.value(1), node.optional(2));
    }
    var parts = new Composition(node);
    boolean single = node.integer("stash_type", 1) == 1 && type.dtype() != DType.F64;
    Value x = single ? parts.cast("single", node.value(0), DType.F32) : node.value(0);
    var normal = parts.normal(x, IntStream.range(axis, type.rank()).boxed().toList(), epsilon);
    Value y = parts.cast("back", normal.y(), type.dtype());
    List<Imported> results = new ArrayList<>();
    if (node.has(2)) {
      results.add(node.output(0, ADD, node.step("scaled", MUL, y, node.value(1)), node.value(2)));
    } else {
      results.add(node.output(0, MUL, y, node.value(1)));
    }
    results.add(new Computed(normal.mean()));
    results.add(new Computed(normal.inverse()));
    return results;
  }

  private static List<Imported> instance(NodeScope node) {
    Value x = node.value(0);
    int rank = x.type().rank();
    var parts = new Composition(node);
    List<Integer> axes = IntStream.range(2, rank).boxed().toList();
    Value y = parts.normal(x, axes, node.real("epsilon", 1e-5f)).y();
    Value scale = parts.perChannel("scale", node.value(1), rank);
    Value bias = parts.perChannel("bias", node.value(2), rank);
    return node.result(ADD, node.step("scaled", MUL, y, scale), bias);
  }

  /** Scale and bias are one per group before operator set 21, and one per channel since. */
  private static List<Imported> group(NodeScope node) {
    Value x = node.value(0);
    ValueType type = x.type();
    long groups = node.integer("num_groups", 0);
    if (!(type.dim(1) instanceof Dim.Fixed(long channels))
        || groups < 1
        || channels % groups != 0) {
      throw node.bad("makes %d groups of %s".formatted(groups, type));
    }
    List<Dim> dims = new ArrayList<>(type.dims());
    dims.set(1, Dim.of(groups));
    dims.add(2, Dim.of(channels / groups));
    var parts = new Composition(node);
    Value grouped = node.step("groups", new Reshape(dims), x);
    List<Integer> axes = IntStream.range(2, dims.size()).boxed().toList();
    Value y = parts.normal(grouped, axes, node.real("epsilon", 1e-5f)).y();
    boolean perGroup = node.opset() < 21;
    int rank = perGroup ? dims.size() : type.rank();
    if (!perGroup) {
      y = node.step("channels", new Reshape(type.dims()), y);
    }
    Value scale = parts.perChannel("scale", node.value(1), rank);
    Value bias = parts.perChannel("bias", node.value(2), rank);
    Value scaled = node.step("scaled", MUL, y, scale);
    return perGroup
        ? node.result(new Reshape(type.dims()), node.step("shifted", ADD, scaled, bias))
        : node.result(ADD, scaled, bias);
  }

  private static List<Imported> meanVariance(NodeScope node) {
    Value x = node.value(0);
    int rank = x.type().rank();
    List<Integer> axes =
        node.integers("axes").orElse(List.of(0L, 2L, 3L)).stream()
            .map(axis -> node.axis(axis, rank))
            .sorted()
            .toList();
    Value mean = node.step("mean", new Reduce(Reduce.Function.MEAN, axes, true), x);
    Value centred = node.step("centred", SUB, x, mean);
    Value square = node.step("square", MUL, centred, centred);
    Value variance = node.step("variance", new Reduce(Reduce.Function.MEAN, axes, true), square);
    Value deviation = node.step("deviation", new Unary(Unary.Function.SQRT), variance);
    Value more = node.step("more", ADD, deviation, node.scalar("small", x.type().dtype(), 1e-9));
    return node.result(DIV, centred, more);
  }

  private static List<Imported> unit(NodeScope node) {
    Value x = node.value(0);
    int axis = node.axis(node.integer("axis", -1), x.type().rank());
    boolean one = node.integer("p", 2) == 1;
    Op power = one ? new Unary(Unary.Function.ABS) : MUL;
    Value sizes = one ? node.step("abs", power, x) : node.step("square", power, x, x);
    Value sum = node.step("sum", new Reduce(Reduce.Function.SUM, List.of(axis), true), sizes);
    Value norm = one ? sum : node.step("norm", new Unary(Unary.Function.SQRT), sum);
    // A row of zeros stays one; no other row's norm is that small, unless it has underflowed.
    DType dtype = x.type().dtype();
    Value least = node.scalar("least", dtype, leastNormal(dtype));
    return node.result(DIV, x, node.step("divisor", new Binary(Binary.Function.MAX), norm, least));
  }

  /** The smallest positive number that has all digits of its type. */
  private static double leastNormal(DType dtype) {
    return switch (dtype) {
      case F64 -> Double.MIN_NORMAL;
      case F16 -> 0x1p-14;
      default -> Float.MIN_NORMAL;
    };
  }

  private static List<Imported> local(NodeScope node) {
    Optional<OnnxAttribute> size = node.node().attribute("size");
    if (size.isEmpty()) {
      throw node.bad("has no size");
    }
    return node.result(
        new LocalResponseNormalization(
            Math.toIntExact(node.integer("size", 1)),
            node.real("alpha", 0.0001f),
            node.real("beta", 0.75f),
            node.real("bias", 1)),
        node.value(0));
  }

  private static List<Imported> rootMeanSquare(NodeScope node) {
    ValueType type = node.type(0);
    if (node.axis(node.integer("axis", -1), type.rank()) != type.rank() - 1) {
      throw node.unsupported("it normalizes more than the last axis of " + type);
    }
    return node.result(
        new RmsNormalization(node.real("epsilon", 1e-5f)), node.value(0), node.value(1));
  }
}
