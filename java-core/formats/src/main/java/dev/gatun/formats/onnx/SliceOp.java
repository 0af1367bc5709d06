package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.StridedSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ONNX Slice: ranges of several axes, with ends that may be extents. Ranges in steps of one become
 * a {@link Slice} each; others, and those whose bounds are computed, one {@link StridedSlice}.
 */
final class SliceOp {
  private SliceOp() {}

  private record Range(int axis, Size from, Size to, long step) {}

  static List<Imported> run(NodeScope node) {
    ValueType type = node.type(0);
    Optional<List<Range>> ranges = ranges(node, type.rank());
    if (ranges.isEmpty()) {
      return strided(node, computed(node, type));
    }
    if (node.input(0) instanceof Sizes sizes) {
      Optional<Sizes> part = part(sizes, ranges.get());
      if (part.isPresent()) {
        return List.of(part.get());
      }
    }
    List<Slice> slices = new ArrayList<>();
    for (Range range : ranges.get()) {
      Optional<Slice> slice = slice(node, type.dim(range.axis()), range);
      if (slice.isEmpty()) {
        return strided(node, dims(node, type, ranges.get()));
      }
      if (!slice.get().length().equals(type.dim(range.axis()))) {
        slices.add(slice.get());
      }
    }
    if (slices.isEmpty()) {
      return List.of(node.input(0));
    }
    Value x = node.value(0);
    for (Slice slice : slices.subList(0, slices.size() - 1)) {
      x = node.step("axis" + slice.axis(), slice, x);
    }
    return node.result(slices.getLast(), x);
  }

  /** The ranges; empty when a bound is computed. */
  private static Optional<List<Range>> ranges(NodeScope node, int rank) {
    boolean attributes = node.opset() < 10;
    Optional<List<Size>> from = attributes ? list(node, "starts") : input(node, 1);
    Optional<List<Size>> to = attributes ? list(node, "ends") : input(node, 2);
    boolean computed = !attributes && node.has(3) && node.known(3).isEmpty();
    Optional<List<Long>> steps =
        attributes || !node.has(4) ? Optional.of(List.of()) : node.known(4);
    if (from.isEmpty() || to.isEmpty() || computed || steps.isEmpty()) {
      return Optional.empty();
    }
    List<Long> axes = node.integers("axes", attributes ? Integer.MAX_VALUE : 3).orElse(null);
    int count = from.get().size();
    if (to.get().size() != count
        || (axes != null && axes.size() != count)
        || (!steps.get().isEmpty() && steps.get().size() != count)) {
      throw node.bad("has %d starts and %d ends".formatted(count, to.get().size()));
    }
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long step = steps.get().isEmpty() ? 1 : steps.get().get(i);
      if (step == 0) {
        throw node.bad("has a step of 0");
      }
      int axis = node.axis(axes == null ? i : axes.get(i), rank);
      ranges.add(new Range(axis, from.get().get(i), to.get().get(i), step));
    }
    return Optional.of(ranges);
  }

  private static Optional<List<Size>> list(NodeScope node, String attribute) {
    return Optional.of(
        node.integers(attribute).orElseThrow(() -> node.bad("has no " + attribute)).stream()
            .<Size>map(Size.Whole::new)
            .toList());
  }

  private static Optional<List<Size>> input(NodeScope node, int input) {
    return node.sizes(input).map(Sizes::sizes);
  }

  private static Optional<Sizes> part(Sizes sizes, List<Range> ranges) {
    int count = sizes.sizes().size();
    if (ranges.size() != 1
        || !(ranges.getFirst().from() instanceof Size.Whole(long first))
        || !(ranges.getFirst().to() instanceof Size.Whole(long end))) {
      return Optional.empty();
    }
    long step = ranges.getFirst().step();
    StridedSlice.Range range = StridedSlice.Range.of(first, end, step, count);
    List<Size> picked = new ArrayList<>();
    for (long i = 0; i < range.count(); i++) {
      picked.add(sizes.sizes().get((int) (range.start() + i * step)));
    }
    return Optional.of(sizes.with(picked, false));
  }

  /** One range in steps of one whose length is known; empty for others. */
  private static Optional<Slice> slice(NodeScope node, Dim extent, Range range) {
    if (range.step() != 1 || !(range.from() instanceof Size.Whole(long first))) {
      return Optional.empty();
    }
    if (extent instanceof Dim.Fixed(long size)) {
      long start = clamp(first, size);
      return switch (range.to()) {
        case Size.Whole(long end) ->
            Optional.of(new Slice(range.axis(), start, Math.max(0, clamp(end, size) - start)));
        case Size.Extent(Dim end) -> upTo(node, range.axis(), size, start, end);
      };
    }
    boolean all =
        switch (range.to()) {
          case Size.Whole(long end) -> end >= extent.max();
          case Size.Extent(Dim end) -> end.equals(extent);
        };
    if (!all || first < 0 || first > extent.min()) {
      return Optional.empty();
    }
    Dim length = first == 0 ? extent : extent.plus(-first);
    return Optional.of(new Slice(range.axis(), first, length));
  }

  /** The end must lie within the axis, whatever the symbol: else the model bounds the symbol. */
  private static Optional<Slice> upTo(NodeScope node, int axis, long size, long start, Dim end) {
    if (end.max() > size) {
      if (end instanceof Dim.Symbol symbol && size >= 1 && !symbol.dataDependent()) {
        throw node.bound(symbol.name(), size);
      }
      return Optional.empty();
    }
    if (end.min() < start) {
      return Optional.empty();
    }
    return Optional.of(new Slice(axis, start, start == 0 ? end : end.plus(-start)));
  }

  private static List<Imported> strided(NodeScope node, List<Dim> dims) {
    if (node.opset() < 10) {
      return node.result(
          new StridedSlice(dims),
          node.value(0),
          node.longs("starts", node.integers("starts").orElseThrow()),
          node.longs("ends", node.integers("ends").orElseThrow()),
          node.integers("axes").map(axes -> node.longs("axes", axes)).orElse(Value.ABSENT));
    }
    return node.result(
        new StridedSlice(dims),
        node.value(0),
        node.value(1),
        node.value(2),
        node.optional(3),
        node.optional(4));
  }

  private static List<Dim> dims(NodeScope node, ValueType type, List<Range> ranges) {
    List<Dim> dims = new ArrayList<>(type.dims());
    for (Range range : ranges) {
      dims.set(range.axis(), length(node, type.dim(range.axis()), range));
    }
    return dims;
  }

  private static Dim length(NodeScope node, Dim extent, Range range) {
    if (range.from() instanceof Size.Whole(long first)
        && range.to() instanceof Size.Whole(long end)) {
      if (extent instanceof Dim.Fixed(long size)) {
        return Dim.of(StridedSlice.Range.of(first, end, range.step(), size).count());
      }
      // From a number of elements on, without as many at the end.
      if (range.step() == 1 && first >= 0 && end < 0 && extent.min() >= first - end) {
        return extent.plus(new Dim.Affine(List.of(), end - first, 1));
      }
      // The last ones.
      if (range.step() == 1 && first < 0 && end >= extent.max() && extent.min() >= -first) {
        return Dim.of(-first);
      }
      // The first ones.
      if (range.step() == 1 && first >= 0 && end >= first && extent.min() >= end) {
        return Dim.of(end - first);
      }
      if (range.step() == -1 && first == -1 && end <= -extent.max()) {
        return extent;
      }
    }
    return node.unknown("axis" + range.axis(), extent.max());
  }

  /** Bounds are computed: known axes at least leave the others alone. */
  private static List<Dim> computed(NodeScope node, ValueType type) {
    List<Dim> dims = new ArrayList<>(type.dims());
    Optional<List<Long>> axes = node.known(3);
    boolean first = !node.has(3) && node.type(1).dim(0) instanceof Dim.Fixed;
    for (int axis = 0; axis < dims.size(); axis++) {
      int at = axis;
      boolean touched =
          axes.isPresent()
              ? axes.get().stream().anyMatch(each -> node.axis(each, dims.size()) == at)
              : !first || axis < node.type(1).dim(0).max();
      if (touched) {
        dims.set(axis, node.unknown("axis" + axis, type.dim(axis).max()));
      }
    }
    return dims;
  }

  private static long clamp(long index, long size) {
    return Math.clamp(index < 0 ? index + size : index, 0, size);
  }
}
