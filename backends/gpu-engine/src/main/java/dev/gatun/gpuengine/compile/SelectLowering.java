package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Compress;
import dev.gatun.graph.op.NonMaxSuppression;
import dev.gatun.graph.op.NonZero;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Ops that pick by a condition: kernels count how many there are, the host reads this number, and
 * other kernels write them.
 */
final class SelectLowering implements OpLowering {
  private static final int THREADS = 256;
  private static final int SIMD = 32;

  /** Elements that a SIMD group counts. */
  private static final int CHUNK = 1024;

  private final GpuLowering lowering;

  SelectLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    ValueType x = node.input(0).type();
    return switch (node.op()) {
      case NonZero _ ->
          PlainType.code(x.dtype()) < 0
              ? "no kernel for " + x.dtype()
              : x.rank() > Axes.MOST ? "no kernel for " + x.rank() + " axes" : "";
      case Compress _ -> acceptance.moved(node, null, 0);
      case NonMaxSuppression _ -> acceptance.computed(node, 0, 1, 3, 4);
      default -> "no kernel for " + node.op().type();
    };
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case NonZero op -> nonZero(node, op);
      case Compress op -> compress(node, op);
      case NonMaxSuppression op -> boxes(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void nonZero(Node node, NonZero op) {
    Value x = node.input(0);
    int rank = Math.max(1, x.type().rank());
    Size elements = Size.of(lowering.elements(x.type()));
    Operand from = counted(node, x, elements, (_, total) -> Shape.of(rank, total));
    places(node, x, elements, from, lowering.result(node.output()), op.count(), x.type().dims());
  }

  private void compress(Node node, Compress op) {
    Value x = node.input(0);
    Value condition = node.input(1);
    List<Dim> dims = x.type().dims();
    int axis = op.axis().orElse(0);
    boolean whole = op.axis().isEmpty();
    Size along = size(whole ? dims : List.of(dims.get(axis)));
    Size given = Size.of(lowering.elements(condition.type()));
    Size elements = sizes -> Math.min(given.of(sizes), along.of(sizes));
    Operand from =
        counted(
            node,
            condition,
            elements,
            (shape, total) -> whole ? Shape.of(total) : with(shape, axis, total));
    Operand picked = lowering.storages().arena(ValueType.of(DType.I64, op.count()));
    places(node, condition, elements, from, picked, op.count(), condition.type().dims());
    Size count = Size.of(lowering.elements(node.output().type()));
    // GatherParams of gather.h.
    lowering
        .launch(node, "gather_" + x.type().dtype().blockBytes())
        .memory(lowering.moved(x))
        .memory(picked)
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(size(List.of(op.count())))
        .integer(along)
        .integer(whole ? Size.fixed(1) : size(dims.subList(axis + 1, dims.size())))
        .integer(true)
        .integer(0)
        .run(Grid.items(count, THREADS));
  }

  private static Shape with(Shape shape, int axis, long extent) {
    long[] dims = shape.toArray();
    dims[axis] = extent;
    return Shape.of(dims);
  }

  private Size size(List<Dim> dims) {
    return Size.of(lowering.extents().of(dims));
  }

  /** Shapes of results, by the shape of the first input and how many were counted. */
  private interface Counted {
    Shape shape(Shape x, long total);
  }

  /**
   * Counts what is not 0, and tells the result's size.
   *
   * @return how many there are before each chunk
   */
  private Operand counted(Node node, Value x, Size elements, Counted result) {
    Extent most = lowering.elements(x.type());
    Size chunks = elements.pieces(CHUNK);
    Operand counts = integers(bound -> (bound.of(most) + CHUNK - 1L) / CHUNK);
    // CountParams of select.h.
    lowering
        .launch(node, "select_count")
        .memory(lowering.moved(x))
        .memory(counts)
        .integer(elements)
        .integer(PlainType.code(x.type().dtype()))
        .run(groups(chunks));
    return added(node, counts, chunks, result);
  }

  private Operand integers(ToLongFunction<SizeBound> count) {
    return lowering.storages().arena(bound -> Integer.BYTES * count.applyAsLong(bound));
  }

  /** A SIMD group for each. */
  private static Grid groups(Size items) {
    return Grid.groups(items, SIMD);
  }

  /** Turns counts into sums of those before; the host reads the whole sum. */
  private Operand added(Node node, Operand counts, Size count, Counted result) {
    Operand total = integers(_ -> 1);
    lowering
        .launch(node, "select_offsets")
        .memory(counts)
        .memory(total)
        .integer(count)
        .run(groups(Size.fixed(1)));
    Value x = node.input(0);
    lowering.add(
        new SizesStep(
            node,
            List.of(Place.of(lowering, x), new Place(total, null, DType.I32, List.of())),
            Set.of(1),
            sizing -> List.of(result.shape(sizing.shape(0), (long) sizing.number(1).scalar())),
            lowering.slot()));
    return counts;
  }

  /** Writes indices of what was counted: PlacesParams of select.h. */
  private void places(
      Node node,
      Value x,
      Size elements,
      Operand offsets,
      Operand target,
      Dim found,
      List<Dim> extents) {
    lowering
        .launch(node, "select_places")
        .memory(lowering.moved(x))
        .memory(offsets)
        .memory(target)
        .integer(elements)
        .integer(PlainType.code(x.type().dtype()))
        .integer(lowering.extents().of(found))
        .integer(Math.max(1, extents.size()))
        .integers(extents.reversed().stream().map(dim -> size(List.of(dim))).toList(), Axes.MOST)
        .run(groups(elements.pieces(CHUNK)));
  }

  /** PickBoxesParams and PlaceBoxesParams of select.h. */
  private void boxes(Node node, NonMaxSuppression op) {
    ValueType scores = node.input(1).type();
    Size pairs = size(scores.dims().subList(0, 2));
    Size classes = size(List.of(scores.dim(1)));
    Size count = size(List.of(scores.dim(2)));
    Operand picked = lowering.storages().arena(new ValueType(DType.I32, scores.dims()));
    Operand counts =
        lowering.storages().arena(new ValueType(DType.I32, scores.dims().subList(0, 2)));
    lowering
        .launch(node, "pick_boxes")
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.operand(node.input(1)))
        .memory(given(node, 2) ? lowering.moved(node.input(2)) : null)
        .memory(given(node, 3) ? lowering.operand(node.input(3)) : null)
        .memory(given(node, 4) ? lowering.operand(node.input(4)) : null)
        .memory(picked)
        .memory(counts)
        .integer(classes)
        .integer(count)
        .integer(op.center())
        .integer(given(node, 2))
        .integer(given(node, 3))
        .integer(given(node, 4))
        .run(groups(pairs));
    Operand offsets = added(node, counts, pairs, (_, total) -> Shape.of(total, 3));
    lowering
        .launch(node, "place_boxes")
        .memory(picked)
        .memory(offsets)
        .memory(lowering.result(node.output()))
        .integer(pairs)
        .integer(classes)
        .integer(count)
        .integer(lowering.extents().of(op.count()))
        .run(groups(pairs));
  }

  private static boolean given(Node node, int input) {
    return input < node.inputs().size() && !node.input(input).isAbsent();
  }
}
