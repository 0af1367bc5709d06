package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Slice;
import java.util.ArrayList;
import java.util.List;

/** ONNX Slice: ranges of several axes, with ends that may be extents. Steps must be 1. */
final class SliceOp {
  private SliceOp() {}

  private record Range(int axis, Size from, Size to) {}

  static List<Imported> run(NodeScope node) {
    ValueType type = node.type(0);
    List<Range> ranges = ranges(node, type.rank());
    if (node.input(0) instanceof Sizes sizes) {
      return List.of(part(node, sizes, ranges));
    }
    List<Slice> slices = new ArrayList<>();
    for (Range range : ranges) {
      Slice slice = slice(node, type.dim(range.axis()), range);
      if (!slice.length().equals(type.dim(range.axis()))) {
        slices.add(slice);
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

  private static List<Range> ranges(NodeScope node, int rank) {
    boolean attributes = node.opset() < 10;
    List<Size> from = attributes ? list(node, "starts") : input(node, 1);
    List<Size> to = attributes ? list(node, "ends") : input(node, 2);
    List<Range> ranges = new ArrayList<>();
    List<Long> axes = node.integers("axes", attributes ? Integer.MAX_VALUE : 3).orElse(null);
    if (from.size() != to.size() || (axes != null && axes.size() != from.size())) {
      throw node.bad("has %d starts and %d ends".formatted(from.size(), to.size()));
    }
    if (!attributes && node.has(4)) {
      for (double step : node.numbers(4, "steps")) {
        if (step != 1) {
          throw node.unsupported("steps of " + (long) step);
        }
      }
    }
    for (int i = 0; i < from.size(); i++) {
      ranges.add(
          new Range(node.axis(axes == null ? i : axes.get(i), rank), from.get(i), to.get(i)));
    }
    return ranges;
  }

  private static List<Size> list(NodeScope node, String attribute) {
    return node.integers(attribute).orElseThrow(() -> node.bad("has no " + attribute)).stream()
        .<Size>map(Size.Whole::new)
        .toList();
  }

  private static List<Size> input(NodeScope node, int input) {
    return node.sizes(input).orElseThrow(() -> node.unsupported("its bounds are computed")).sizes();
  }

  private static Sizes part(NodeScope node, Sizes sizes, List<Range> ranges) {
    int count = sizes.sizes().size();
    if (ranges.size() != 1
        || !(ranges.getFirst().from() instanceof Size.Whole(long first))
        || !(ranges.getFirst().to() instanceof Size.Whole(long end))) {
      throw node.unsupported("a part of a shape is taken by extents");
    }
    int from = (int) clamp(first, count);
    int to = (int) Math.max(from, clamp(end, count));
    return new Sizes(sizes.sizes().subList(from, to), false);
  }

  private static Slice slice(NodeScope node, Dim extent, Range range) {
    if (!(range.from() instanceof Size.Whole(long first))) {
      throw node.unsupported("it starts at " + range.from());
    }
    if (extent instanceof Dim.Fixed(long size)) {
      long start = clamp(first, size);
      return switch (range.to()) {
        case Size.Whole(long end) ->
            new Slice(range.axis(), start, Math.max(0, clamp(end, size) - start));
        case Size.Extent(Dim end) -> upTo(node, range.axis(), size, start, end);
      };
    }
    boolean whole = range.to() instanceof Size.Whole(long end) && end >= extent.max();
    boolean own = range.to() instanceof Size.Extent(Dim dim) && dim.equals(extent);
    if (first == 0 && (whole || own)) {
      return new Slice(range.axis(), 0, extent);
    }
    throw node.unsupported("a part of the open extent %s".formatted(extent));
  }

  /** The end must lie within the axis, whatever the symbol: else the model bounds the symbol. */
  private static Slice upTo(NodeScope node, int axis, long size, long start, Dim end) {
    if (end.max() > size) {
      if (end instanceof Dim.Symbol symbol && size >= 1) {
        throw node.bound(symbol.name(), size);
      }
      throw node.unsupported("the end %s may lie beyond %d".formatted(end, size));
    }
    return new Slice(axis, start, start == 0 ? end : end.plus(Dim.of(start).times(-1)));
  }

  private static long clamp(long index, long size) {
    return Math.clamp(index < 0 ? index + size : index, 0, size);
  }
}
