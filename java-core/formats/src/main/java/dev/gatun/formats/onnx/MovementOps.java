package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The same elements under another shape, order or type. */
final class MovementOps {
  private MovementOps() {}

  static void register(OpImporters ops) {
    ops.add("Identity", node -> List.of(node.input(0)));
    ops.add("Dropout", MovementOps::dropout);
    ops.add("Cast", MovementOps::cast);
    ops.add("Reshape", MovementOps::reshape);
    ops.add("Flatten", MovementOps::flatten);
    ops.add("Squeeze", MovementOps::squeeze);
    ops.add("Unsqueeze", MovementOps::unsqueeze);
    ops.add("Transpose", MovementOps::transpose);
  }

  private static List<Imported> dropout(NodeScope node) {
    if (node.node().outputs().size() > 1 || (node.has(2) && node.numbers(2, "mode")[0] != 0)) {
      throw node.unsupported("it is in training mode");
    }
    return List.of(node.input(0));
  }

  private static List<Imported> cast(NodeScope node) {
    long to = node.integer("to", 0);
    DType dtype =
        ElementTypes.of(to)
            .orElseThrow(
                () -> node.unsupported("it casts to element type " + ElementTypes.name(to)));
    if (node.input(0) instanceof Sizes sizes && !dtype.isFloat() && dtype != DType.BOOL) {
      Optional<Tensor> numbers = node.constant(0);
      return List.of(numbers.isPresent() ? new Known(converted(numbers.get(), dtype)) : sizes);
    }
    if (node.type(0).dtype() == dtype) {
      return List.of(node.input(0));
    }
    return node.result(new Cast(dtype), node.value(0));
  }

  private static Tensor converted(Tensor numbers, DType dtype) {
    Array array = new Array(dtype, numbers.shape(), Array.of(numbers).values());
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(array.byteSize())]);
    array.store(data, 0);
    return new Tensor(dtype, numbers.shape(), data);
  }

  private static List<Imported> reshape(NodeScope node) {
    Sizes target =
        node.sizes(1).orElseThrow(() -> node.unsupported("its target shape is computed"));
    if (node.input(0) instanceof Sizes sizes && target.sizes().size() <= 1) {
      return List.of(new Sizes(sizes.sizes(), target.sizes().isEmpty()));
    }
    ValueType type = node.type(0);
    boolean allowZero = node.integer("allowzero", 0) != 0;
    return reshaped(node, ReshapeTarget.of(node, type.dims(), target.sizes(), allowZero));
  }

  /** A constant stays one: nothing is moved. */
  private static List<Imported> reshaped(NodeScope node, List<Dim> dims) {
    if (node.input(0) instanceof Known(Tensor tensor)
        && dims.stream().allMatch(dim -> dim instanceof Dim.Fixed)) {
      var shape = new ValueType(tensor.dtype(), dims).resolve(java.util.Map.of());
      if (shape.elements() == tensor.shape().elements()) {
        return List.of(new Known(tensor.reshape(shape)));
      }
    }
    return node.result(new Reshape(dims), node.value(0));
  }

  private static List<Imported> flatten(NodeScope node) {
    List<Dim> dims = node.type(0).dims();
    int rank = dims.size();
    long axis = node.integer("axis", 1);
    int cut = (int) (axis < 0 ? axis + rank : axis);
    if (cut < 0 || cut > rank) {
      throw node.bad("has axis " + axis);
    }
    return reshaped(
        node, List.of(product(node, dims.subList(0, cut)), product(node, dims.subList(cut, rank))));
  }

  private static Dim product(NodeScope node, List<Dim> dims) {
    Dim product = Dim.of(1);
    for (Dim dim : dims) {
      if (dim instanceof Dim.Fixed(long size)) {
        product = product.times(size);
      } else if (product instanceof Dim.Fixed(long size)) {
        product = dim.times(size);
      } else {
        throw node.unsupported("no extent says the product of " + dims);
      }
    }
    return product;
  }

  private static List<Imported> squeeze(NodeScope node) {
    Optional<List<Long>> axes = node.integers("axes", 1);
    if (node.input(0) instanceof Sizes sizes) {
      return List.of(new Sizes(sizes.sizes(), true));
    }
    List<Dim> dims = node.type(0).dims();
    var dropped = new TreeSet<Integer>();
    if (axes.isPresent()) {
      axes.get().forEach(axis -> dropped.add(node.axis(axis, dims.size())));
    } else {
      IntStream.range(0, dims.size()).filter(i -> dims.get(i).is(1)).forEach(dropped::add);
    }
    List<Dim> kept = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      if (!dropped.contains(i)) {
        kept.add(dims.get(i));
      }
    }
    return reshaped(node, kept);
  }

  private static List<Imported> unsqueeze(NodeScope node) {
    List<Long> axes = node.integers("axes", 1).orElseThrow(() -> node.bad("says no axes"));
    if (node.input(0) instanceof Sizes sizes && sizes.scalar() && axes.size() == 1) {
      return List.of(new Sizes(sizes.sizes(), false));
    }
    List<Dim> dims = new ArrayList<>(node.type(0).dims());
    int rank = dims.size() + axes.size();
    var added = new TreeSet<Integer>();
    axes.forEach(axis -> added.add(node.axis(axis, rank)));
    added.forEach(axis -> dims.add(Math.min(axis, dims.size()), Dim.of(1)));
    return reshaped(node, dims);
  }

  private static List<Imported> transpose(NodeScope node) {
    int rank = node.type(0).rank();
    List<Integer> permutation =
        node.integers("perm")
            .map(list -> list.stream().map(axis -> node.axis(axis, rank)).toList())
            .orElseGet(() -> IntStream.range(0, rank).mapToObj(i -> rank - 1 - i).toList());
    Value x = node.value(0);
    return node.result(new Transpose(permutation), x);
  }
}
