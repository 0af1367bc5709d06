package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.ConstantOfShape;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
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
    ops.add("OptionalGetElement", node -> List.of(node.input(0)));
    ops.add("OptionalHasElement", MovementOps::isThere);
    ops.add("Dropout", MovementOps::dropout);
    ops.add("Cast", node -> cast(node));
    ops.add("CastLike", node -> cast(node, node.type(1).dtype()));
    ops.add("Reshape", MovementOps::reshape);
    ops.add("Flatten", MovementOps::flatten);
    ops.add("Squeeze", MovementOps::squeeze);
    ops.add("Unsqueeze", MovementOps::unsqueeze);
    ops.add("Transpose", MovementOps::transpose);
  }

  /** A tensor is there, when the node names one. */
  private static List<Imported> isThere(NodeScope node) {
    double there = node.has(0) ? 1 : 0;
    return List.of(new Known(Folding.tensor(new Array(DType.BOOL, Shape.of(), there))));
  }

  /** Nothing is dropped, unless the model says that it is training. */
  private static List<Imported> dropout(NodeScope node) {
    if (node.has(2)) {
      Optional<List<Long>> training = node.known(2);
      if (training.isEmpty() || training.get().getFirst() != 0) {
        throw node.unsupported("it is, or may be, in training mode: its result is random");
      }
    }
    if (!node.wants(1)) {
      return List.of(node.input(0));
    }
    List<Dim> dims = node.type(0).dims();
    Value shape = node.extents("shape", dims);
    return List.of(node.input(0), node.output(1, new ConstantOfShape(DType.BOOL, 1, dims), shape));
  }

  private static List<Imported> cast(NodeScope node) {
    long to = node.integer("to", 0);
    DType dtype =
        ElementTypes.of(to)
            .orElseThrow(
                () -> node.unsupported("it casts to element type " + ElementTypes.name(to)));
    return cast(node, dtype);
  }

  private static List<Imported> cast(NodeScope node, DType dtype) {
    if (node.input(0) instanceof Sizes sizes && (dtype == DType.I64 || dtype == DType.I32)) {
      return List.of(new Sizes(sizes.sizes(), sizes.scalar(), dtype));
    }
    if (node.type(0).dtype() == dtype) {
      return List.of(node.input(0));
    }
    return node.result(new Cast(dtype), node.value(0));
  }

  private static List<Imported> reshape(NodeScope node) {
    boolean allowZero = node.flag("allowzero", false);
    Optional<Sizes> target = node.sizes(1);
    ValueType type = node.type(0);
    if (target.isEmpty()) {
      if (!(node.type(1).dim(0) instanceof Dim.Fixed(long rank)) || rank > 64) {
        throw node.unsupported("the rank of its result depends on data");
      }
      List<Dim> dims = node.unknowns((int) rank, type.maxElements());
      return node.result(new DynamicReshape(allowZero, dims), node.value(0), node.value(1));
    }
    if (node.input(0) instanceof Sizes sizes && target.get().sizes().size() <= 1) {
      return List.of(sizes.with(sizes.sizes(), target.get().sizes().isEmpty()));
    }
    Optional<List<Dim>> dims = ReshapeTarget.of(node, type.dims(), target.get().sizes(), allowZero);
    if (dims.isPresent()
        && dims.get().stream().noneMatch(Dim::dataDependent)
        && type.dims().stream().noneMatch(Dim::dataDependent)) {
      return reshaped(node, dims.get());
    }
    List<Dim> open =
        dims.orElseGet(() -> ReshapeTarget.open(node, type, target.get().sizes(), allowZero));
    return node.result(new DynamicReshape(allowZero, open), node.value(0), node.value(1));
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
    ValueType type = node.type(0);
    List<Dim> dims = type.dims();
    int rank = dims.size();
    long axis = node.integer("axis", 1);
    int cut = (int) (axis < 0 ? axis + rank : axis);
    if (cut < 0 || cut > rank) {
      throw node.bad("has axis " + axis);
    }
    Optional<Dim> rows = product(dims.subList(0, cut));
    Optional<Dim> columns = product(dims.subList(cut, rank));
    if (rows.isPresent() && columns.isPresent()) {
      return reshaped(node, List.of(rows.get(), columns.get()));
    }
    Dim open = node.unknown("rest", type.maxElements());
    Dim known =
        rows.or(() -> columns).orElseThrow(() -> node.unsupported("no extent says " + dims));
    List<Dim> both = rows.isPresent() ? List.of(known, open) : List.of(open, known);
    Sizes target =
        new Sizes(
            rows.isPresent()
                ? List.of(Size.of(known), new Size.Whole(-1))
                : List.of(new Size.Whole(-1), Size.of(known)),
            false);
    Value shape = Extent.emit(node.graph(), node.first() + ".shape", target);
    return node.result(new DynamicReshape(false, both), node.value(0), shape);
  }

  /** The product of extents, when one says it. */
  private static Optional<Dim> product(List<Dim> dims) {
    long numbers = 1;
    Dim symbol = null;
    for (Dim dim : dims) {
      if (dim instanceof Dim.Fixed(long size)) {
        numbers = Math.multiplyExact(numbers, size);
      } else if (symbol == null) {
        symbol = dim;
      } else {
        return Optional.empty();
      }
    }
    if (symbol instanceof Dim.Affine(_, _, long divisor) && divisor != 1 && numbers != 1) {
      return Optional.empty();
    }
    return Optional.of(symbol == null ? Dim.of(numbers) : symbol.times(numbers));
  }

  private static List<Imported> squeeze(NodeScope node) {
    if (node.has(1) && node.known(1).isEmpty()) {
      return changed(node, false);
    }
    Optional<List<Long>> axes = node.integers("axes", 1);
    if (node.input(0) instanceof Sizes sizes && sizes.sizes().size() == 1) {
      return List.of(sizes.with(sizes.sizes(), true));
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
    if (!dropped.stream().allMatch(axis -> dims.get(axis).is(1))) {
      // An open extent must turn out to be 1: the run checks it.
      List<Long> numbers = dropped.stream().map(Integer::longValue).toList();
      return node.result(new ChangeRank(false, kept), node.value(0), node.longs("axes", numbers));
    }
    return reshaped(node, kept);
  }

  /** Axes are added or dropped that only the run knows. */
  private static List<Imported> changed(NodeScope node, boolean add) {
    ValueType type = node.type(0);
    if (!(node.type(1).maxElements() < 64 && !node.type(1).dataDependent())) {
      throw node.unsupported("the rank of its result depends on data");
    }
    int count = (int) node.type(1).maxElements();
    int rank = type.rank() + (add ? count : -count);
    if (rank < 0) {
      throw node.bad("drops %d axes of %s".formatted(count, type));
    }
    List<Dim> dims = node.unknowns(rank, type.maxElements());
    return node.result(new ChangeRank(add, dims), node.value(0), node.value(1));
  }

  private static List<Imported> unsqueeze(NodeScope node) {
    if (node.has(1) && node.known(1).isEmpty()) {
      return changed(node, true);
    }
    List<Long> axes = node.integers("axes", 1).orElseThrow(() -> node.bad("says no axes"));
    if (node.input(0) instanceof Sizes sizes && sizes.scalar() && axes.size() == 1) {
      return List.of(sizes.with(sizes.sizes(), false));
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
