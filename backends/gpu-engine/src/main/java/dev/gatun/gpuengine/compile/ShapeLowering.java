package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.gpuengine.compile.Axes.Stride;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.CenterCropPad;
import dev.gatun.graph.op.ChangeRank;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.DynamicReshape;
import dev.gatun.graph.op.Expand;
import dev.gatun.graph.op.Pad;
import dev.gatun.graph.op.SizedByNumbers;
import dev.gatun.graph.op.Sizing;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.SplitParts;
import dev.gatun.graph.op.StridedSlice;
import dev.gatun.graph.op.Tile;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Trilu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Ops that move elements, whatever they mean. */
final class ShapeLowering implements OpLowering {
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  ShapeLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  /**
   * What a copy walks over.
   *
   * @param extents of the elements that are copied
   * @param x strides in the source
   * @param y strides in the target
   * @param from terms of the index of the source's first element
   * @param to terms of the index of the target's first element
   */
  private record Walk(
      List<Dim> extents, List<Stride> x, List<Stride> y, List<Stride> from, List<Stride> to) {
    /** All of a target, from the source's start. */
    static Walk of(List<Dim> target, List<Stride> x) {
      return new Walk(target, x, Axes.strides(target), List.of(), List.of());
    }

    Axes axes() {
      return new Axes(extents, List.of(x, y));
    }
  }

  static String refusal(Acceptance acceptance, Node node) {
    String moved = acceptance.moved(node, null, 0);
    if (!moved.isEmpty()) {
      return moved;
    }
    return switch (node.op()) {
      case Concat _ -> concat(node).stream().map(walk -> walk.axes().refusal()).findFirst().get();
      case SplitParts op ->
          split(node, op).stream().map(walk -> walk.axes().refusal()).findFirst().orElse("");
      case Pad _, CenterCropPad _ -> axes(node.output().type().rank());
      case DynamicReshape _, ChangeRank _, Trilu _ -> "";
      default ->
          walk(node, new Numbers(acceptance.graph()))
              .map(walk -> walk.axes().refusal())
              .orElseGet(
                  () -> axes((node.op() instanceof Tile ? 2 : 1) * node.output().type().rank()));
    };
  }

  private static String axes(int count) {
    return count <= Axes.MOST ? "" : "no kernel for " + count + " axes";
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Concat _ -> joined(node);
      case SplitParts op -> parts(node, op);
      case Pad op -> padded(node, op.mode(), op::before);
      case CenterCropPad op -> padded(node, Pad.Mode.CONSTANT, op::before);
      case DynamicReshape _, ChangeRank _ -> same(node);
      case Trilu op -> triangle(node, op);
      default ->
          walk(node, new Numbers(lowering.graph()))
              .ifPresentOrElse(
                  walk -> {
                    if (node.op() instanceof SizedByNumbers) {
                      var _ = Decision.of(lowering, node);
                    }
                    copy(node, node.input(0), lowering.result(node.output()), walk);
                  },
                  () -> decided(node));
    }
  }

  /** The walk of an op with one source and one target; empty when its parameters are not known. */
  private static Optional<Walk> walk(Node node, Numbers numbers) {
    List<Dim> own = node.input(0).type().dims();
    List<Dim> target = node.output().type().dims();
    return switch (node.op()) {
      case Transpose op ->
          Optional.of(
              Walk.of(target, op.permutation().stream().map(Axes.strides(own)::get).toList()));
      case Slice op ->
          Optional.of(
              new Walk(
                  target,
                  Axes.strides(own),
                  Axes.strides(target),
                  List.of(Axes.strides(own).get(op.axis()).times(op.start())),
                  List.of()));
      case Expand _ -> expand(own, target);
      case Tile _ -> numbers.of(node, 1).flatMap(repeats -> tile(own, repeats));
      case StridedSlice _ -> steps(node, numbers);
      default -> Optional.empty();
    };
  }

  private static Optional<Walk> expand(List<Dim> own, List<Dim> target) {
    int missing = target.size() - own.size();
    for (int i = 0; i < own.size(); i++) {
      // An open extent might turn out to be 1, and repeat.
      if (!own.get(i).is(1) && !own.get(i).equals(target.get(missing + i))) {
        return Optional.empty();
      }
    }
    return Optional.of(Walk.of(target, Axes.repeated(own, target)));
  }

  private static Optional<Walk> tile(List<Dim> own, long[] repeats) {
    List<Dim> extents = new ArrayList<>();
    List<Stride> x = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      extents.add(Dim.of(repeats[i]));
      x.add(Stride.NONE);
      extents.add(own.get(i));
      x.add(Axes.strides(own).get(i));
    }
    return Optional.of(Walk.of(extents, x));
  }

  private static Optional<Walk> steps(Node node, Numbers numbers) {
    List<Dim> own = node.input(0).type().dims();
    List<Dim> target = node.output().type().dims();
    Optional<long[]> starts = numbers.of(node, 1);
    Optional<long[]> ends = numbers.of(node, 2);
    Optional<int[]> axes = numbers.axes(node, 3, own.size());
    Optional<long[]> steps = numbers.optional(node, 4);
    if (starts.isEmpty() || ends.isEmpty() || axes.isEmpty() || steps.isEmpty()) {
      return Optional.empty();
    }
    List<Stride> x = new ArrayList<>(Axes.strides(own));
    List<Stride> from = new ArrayList<>();
    for (int i = 0; i < starts.get().length; i++) {
      int axis = axes.get()[i];
      if (!(own.get(axis) instanceof Dim.Fixed(long extent))) {
        return Optional.empty();
      }
      long step = steps.get().length == 0 ? 1 : steps.get()[i];
      var range = StridedSlice.Range.of(starts.get()[i], ends.get()[i], step, extent);
      from.add(Axes.strides(own).get(axis).times(range.start()));
      x.set(axis, x.get(axis).times(step));
    }
    return Optional.of(new Walk(target, x, Axes.strides(target), from, List.of()));
  }

  /** One walk for each input. */
  private static List<Walk> concat(Node node) {
    Concat op = (Concat) node.op();
    List<Stride> strides = Axes.strides(node.output().type().dims());
    List<Walk> walks = new ArrayList<>();
    List<Stride> to = new ArrayList<>();
    for (Value x : node.inputs()) {
      List<Dim> own = x.type().dims();
      walks.add(new Walk(own, Axes.strides(own), strides, List.of(), List.copyOf(to)));
      to.add(after(strides.get(op.axis()), own.get(op.axis())));
    }
    return walks;
  }

  /** One walk for each output. */
  private static List<Walk> split(Node node, SplitParts op) {
    List<Stride> strides = Axes.strides(node.input(0).type().dims());
    List<Walk> walks = new ArrayList<>();
    List<Stride> from = new ArrayList<>();
    for (Value y : node.outputs()) {
      List<Dim> own = y.type().dims();
      walks.add(new Walk(own, strides, Axes.strides(own), List.copyOf(from), List.of()));
      from.add(after(strides.get(op.axis()), own.get(op.axis())));
    }
    return walks;
  }

  private static Stride after(Stride stride, Dim steps) {
    List<Dim> dims = new ArrayList<>(stride.dims());
    dims.add(steps);
    return new Stride(stride.factor(), dims);
  }

  private void joined(Node node) {
    Operand y = lowering.result(node.output());
    List<Walk> walks = concat(node);
    for (int i = 0; i < walks.size(); i++) {
      copy(node, node.input(i), y, walks.get(i));
    }
  }

  private void parts(Node node, SplitParts op) {
    var _ = Decision.of(lowering, node);
    List<Walk> walks = split(node, op);
    for (int i = 0; i < walks.size(); i++) {
      copy(node, node.input(0), lowering.result(node.outputs().get(i)), walks.get(i));
    }
  }

  /** CopyParams of copy.h. */
  private void copy(Node node, Value x, Operand y, Walk walk) {
    Size count = Size.of(lowering.extents().of(walk.extents()));
    Axes axes = walk.axes();
    axes.addTo(
            lowering
                .launch(node, "copy_" + x.type().dtype().blockBytes())
                .memory(lowering.moved(x))
                .memory(y)
                .integer(count)
                .integer(axes.rank()),
            lowering.extents())
        .integer(terms(walk.from()))
        .integer(terms(walk.to()))
        .run(Grid.items(count, THREADS));
  }

  private Size terms(List<Stride> terms) {
    return sum(terms.stream().map(term -> term.size(lowering.extents())).toList());
  }

  private static Size sum(List<Size> sizes) {
    return current -> {
      long sum = 0;
      for (int i = 0; i < sizes.size(); i++) {
        sum += sizes.get(i).of(current);
      }
      return sum;
    };
  }

  /** A copy of which numbers tell the extents, the strides or the start. */
  private void decided(Node node) {
    Decision decision = Decision.of(lowering, node);
    Value x = node.input(0);
    List<Size> own = sizes(x.type().dims());
    List<Size> strides = strides(x);
    List<Size> target = sizes(node.output().type().dims());
    List<Size> steps = strides(node.output());
    switch (node.op()) {
      case StridedSlice op -> {
        int rank = own.size();
        List<Size> starts = decision.sizes(rank, sizing -> starts(op, sizing));
        List<Size> by =
            decision.sizes(
                rank,
                sizing -> op.ranges(sizing).stream().mapToLong(StridedSlice.Range::step).toArray());
        copy(node, target, products(strides, by), steps, sum(products(strides, starts)));
      }
      case Tile _ -> {
        List<Size> extents = new ArrayList<>();
        List<Size> from = new ArrayList<>();
        List<Size> to = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
          int axis = i;
          extents.add(decision.size(sizing -> (long) sizing.number(1).values()[axis]));
          extents.add(own.get(i));
          from.add(Size.fixed(0));
          from.add(strides.get(i));
          to.add(own.get(i).times(steps.get(i)));
          to.add(steps.get(i));
        }
        copy(node, extents, from, to, Size.fixed(0));
      }
      default -> {
        // Expand: an axis of one element repeats.
        int missing = target.size() - own.size();
        List<Size> from = new ArrayList<>();
        for (int i = 0; i < target.size(); i++) {
          Size extent = i < missing ? Size.fixed(1) : own.get(i - missing);
          Size stride = i < missing ? Size.fixed(0) : strides.get(i - missing);
          from.add(sizes -> extent.of(sizes) == 1 ? 0 : stride.of(sizes));
        }
        copy(node, target, from, steps, Size.fixed(0));
      }
    }
  }

  private static long[] starts(StridedSlice op, Sizing sizing) {
    return op.ranges(sizing).stream()
        // What has no elements starts nowhere.
        .mapToLong(range -> range.count() == 0 ? 0 : range.start())
        .toArray();
  }

  private static List<Size> products(List<Size> a, List<Size> b) {
    return IntStream.range(0, a.size()).mapToObj(i -> a.get(i).times(b.get(i))).toList();
  }

  private List<Size> strides(Value value) {
    return Axes.strides(value.type().dims()).stream()
        .map(each -> each.size(lowering.extents()))
        .toList();
  }

  /** CopyParams of copy.h, for axes that are not joined; outermost first. */
  private void copy(Node node, List<Size> extents, List<Size> x, List<Size> y, Size from) {
    Size count = extents.stream().reduce(Size.fixed(1), Size::times);
    var step =
        lowering
            .launch(node, "copy_" + node.input(0).type().dtype().blockBytes())
            .memory(lowering.moved(node.input(0)))
            .memory(lowering.result(node.output()))
            .integer(count)
            .integer(Math.max(1, extents.size()));
    for (List<Size> each : List.of(extents, x, y)) {
      step.integers(each.reversed(), Axes.MOST);
    }
    step.integer(from).integer(0).run(Grid.items(count, THREADS));
  }

  /**
   * PadParams of copy.h.
   *
   * @param before elements that are added before each axis
   */
  private void padded(Node node, Pad.Mode mode, Function<Sizing, long[]> before) {
    Value x = node.input(0);
    ValueType type = node.output().type();
    boolean filled = node.inputs().size() > 2 && !node.input(2).isAbsent();
    List<Size> shifts = Decision.of(lowering, node).sizes(type.rank(), before);
    List<Size> extents = sizes(type.dims());
    List<Size> own = sizes(x.type().dims());
    List<Size> strides = strides(x);
    Size count = Size.of(lowering.elements(type));
    var step =
        lowering
            .launch(node, "pad_" + type.dtype().blockBytes())
            .memory(lowering.moved(x))
            .memory(filled ? lowering.moved(node.input(2)) : null)
            .memory(lowering.result(node.output()))
            .integer(count)
            .integer(type.rank())
            .integer(ParameterBlock.code(mode))
            .integer(filled);
    for (List<Size> each : List.of(extents, own, shifts, strides)) {
      step.integers(each.reversed(), Axes.MOST);
    }
    step.run(Grid.items(count, THREADS));
  }

  private List<Size> sizes(List<Dim> dims) {
    return dims.stream().map(dim -> Size.of(lowering.extents().of(dim))).toList();
  }

  /** The same bytes under other dimensions. */
  private void same(Node node) {
    var _ = Decision.of(lowering, node);
    Operand from = lowering.moved(node.input(0));
    lowering.add(lowering.copy(node, from, lowering.result(node.output())));
  }

  private void triangle(Node node, Trilu op) {
    ValueType type = node.output().type();
    long[] k = new Numbers(lowering.graph()).optional(node, 1).orElse(null);
    Size count = Size.of(lowering.elements(type));
    lowering
        .launch(node, "trilu_" + type.dtype().blockBytes())
        .memory(lowering.moved(node.input(0)))
        .memory(k == null ? lowering.operand(node.input(1)) : null)
        .memory(lowering.result(node.output()))
        .integer(count)
        .integer(lowering.extents().of(type.dim(-2)))
        .integer(lowering.extents().of(type.dim(-1)))
        .integer(k == null || k.length == 0 ? 0 : Math.clamp(k[0], -(1 << 30), 1 << 30))
        .integer(op.upper())
        .integer(k == null)
        .run(Grid.items(count, THREADS));
  }
}
