package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.EyeLike;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators that give numbers of the file. */
final class ConstantOps {
  /** Bound of an extent that only the run knows. */
  private static final long MAX_EXTENT = 1L << 31;

  private ConstantOps() {}

  static void register(OpImporters ops) {
    ops.add("Constant", ConstantOps::constant);
    ops.add("ConstantOfShape", ConstantOps::fill);
    ops.add("Range", ConstantOps::range);
    ops.add("EyeLike", ConstantOps::eye);
    ops.add("OneHot", ConstantOps::oneHot);
  }

  private static List<Imported> constant(NodeScope node) {
    for (OnnxAttribute attribute : node.node().attributes().values()) {
      Tensor tensor =
          switch (attribute) {
            case OnnxAttribute.OfTensor(OnnxTensor value) -> value.tensor();
            case OnnxAttribute.Int(long value) -> Tensor.ofLongs(Shape.of(), value);
            case OnnxAttribute.Real(float value) -> Tensor.ofFloats(Shape.of(), value);
            case OnnxAttribute.Ints(List<Long> values) ->
                Tensor.ofLongs(
                    Shape.of((long) values.size()),
                    values.stream().mapToLong(Long::longValue).toArray());
            case OnnxAttribute.Floats(List<Float> values) -> floats(values);
            default -> null;
          };
      if (tensor != null) {
        return List.of(new Known(tensor));
      }
    }
    throw node.unsupported("its value is of a kind that Gatun does not read");
  }

  private static Tensor floats(List<Float> values) {
    float[] copy = new float[values.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values.get(i);
    }
    return Tensor.ofFloats(Shape.of((long) copy.length), copy);
  }

  private static List<Imported> fill(NodeScope node) {
    Tensor value =
        switch (node.node().attributes().get("value")) {
          case OnnxAttribute.OfTensor(OnnxTensor tensor) -> tensor.tensor();
          case null, default -> Tensor.ofFloats(Shape.of(1), 0);
        };
    if (value.shape().elements() != 1) {
      throw node.bad("fills with %s".formatted(value.shape()));
    }
    Optional<Sizes> sizes = node.sizes(0);
    List<Dim> dims = new ArrayList<>();
    if (sizes.isPresent()) {
      for (Size size : sizes.get().sizes()) {
        dims.add(
            switch (size) {
              case Size.Extent(Dim dim) -> dim;
              case Size.Whole(long number) when number >= 0 -> Dim.of(number);
              case Size.Whole(long number) -> throw node.bad("has the extent " + number);
            });
      }
    } else {
      if (!(node.type(0).dim(0) instanceof Dim.Fixed(long rank)) || rank > 64) {
        throw node.unsupported("the rank of its result depends on data");
      }
      dims.addAll(node.unknowns((int) rank, MAX_EXTENT));
    }
    var op = new ConstantOfShape(value.dtype(), Array.of(value).scalar(), dims);
    return node.result(op, node.value(0));
  }

  private static List<Imported> range(NodeScope node) {
    Value start = node.value(0);
    Value limit = node.value(1);
    Value delta = node.value(2);
    Dim count = null;
    Optional<Sizes> from = node.sizes(0);
    Optional<Sizes> to = node.sizes(1);
    Optional<Sizes> by = node.sizes(2);
    if (from.isPresent() && to.isPresent() && by.isPresent()) {
      Size step = by.get().sizes().getFirst();
      if (step.equals(new Size.Whole(1))) {
        count = distance(from.get(), to.get());
      }
    }
    Optional<Tensor> known = node.constant(0);
    if (known.isPresent() && node.constant(1).isPresent() && node.constant(2).isPresent()) {
      count =
          Dim.of(
              Range.count(
                  Array.of(known.get()).scalar(),
                  Array.of(node.constant(1).get()).scalar(),
                  Array.of(node.constant(2).get()).scalar()));
    }
    Dim extent = count == null ? node.unknown("count", MAX_EXTENT) : count;
    return node.result(new Range(extent), start, limit, delta);
  }

  /** How far one size is from another, as an extent; null where none says it. */
  private static Dim distance(Sizes from, Sizes to) {
    Optional<Sizes> distance = SizeArithmetic.apply(Binary.Function.SUB, to, from);
    if (distance.isEmpty()
        || !(distance.get().sizes().getFirst() instanceof Size.Extent(Dim dim))) {
      return null;
    }
    // What has a negative term may be negative, and then there are no numbers.
    boolean positive =
        !(dim instanceof Dim.Affine(List<Dim.Term> terms, long constant, _))
            || (constant >= 0 && terms.stream().allMatch(term -> term.factor() > 0));
    return positive ? dim : null;
  }

  private static List<Imported> eye(NodeScope node) {
    DType own = node.type(0).dtype();
    long to = node.integer("dtype", -1);
    DType dtype =
        to < 0
            ? own
            : ElementTypes.of(to)
                .orElseThrow(() -> node.unsupported("element type " + ElementTypes.name(to)));
    return node.result(new EyeLike(dtype, node.integer("k", 0)), node.value(0));
  }

  private static List<Imported> oneHot(NodeScope node) {
    int rank = node.type(0).rank();
    Optional<List<Long>> depth = node.known(1);
    Dim extent =
        depth.isPresent() ? Dim.of(depth.get().getFirst()) : node.unknown("depth", MAX_EXTENT);
    int axis = node.axis(node.integer("axis", -1), rank + 1);
    return node.result(new OneHot(axis, extent), node.value(0), node.value(1), node.value(2));
  }
}
