package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parts of values, and what tells their extents. */
final class IndexingOps {
  private IndexingOps() {}

  static void register(OpImporters ops) {
    ops.add("Shape", IndexingOps::shape);
    ops.add("Gather", IndexingOps::gather);
    ops.add("Concat", IndexingOps::concat);
    ops.add("Slice", SliceOp::run);
    ops.add("Split", IndexingOps::split);
  }

  private static List<Imported> shape(NodeScope node) {
    List<Dim> dims = node.type(0).dims();
    int rank = dims.size();
    int from = bound(node.integer("start", 0), rank);
    int to = Math.max(from, bound(node.integer("end", rank), rank));
    return List.of(new Sizes(dims.subList(from, to).stream().map(Size::of).toList(), false));
  }

  private static int bound(long index, int rank) {
    return Math.clamp(index < 0 ? index + rank : index, 0, rank);
  }

  private static List<Imported> gather(NodeScope node) {
    long axis = node.integer("axis", 0);
    if (node.input(0) instanceof Sizes sizes) {
      Optional<Sizes> picks = node.sizes(1);
      if (picks.isPresent()) {
        List<Size> picked = new ArrayList<>();
        for (Size pick : picks.get().sizes()) {
          picked.add(sizes.sizes().get(index(node, pick, sizes.sizes().size())));
        }
        return List.of(new Sizes(picked, picks.get().scalar()));
      }
    }
    int from0 = node.axis(axis, node.type(0).rank());
    return node.result(new Gather(from0), node.value(0), node.value(1));
  }

  private static int index(NodeScope node, Size pick, int count) {
    if (!(pick instanceof Size.Whole(long index))) {
      throw node.unsupported("an extent is picked by another");
    }
    if (index < -count || index >= count) {
      throw node.bad("picks extent %d of %d".formatted(index, count));
    }
    return (int) (index < 0 ? index + count : index);
  }

  private static List<Imported> concat(NodeScope node) {
    boolean sizes = false;
    for (int i = 0; i < node.inputs(); i++) {
      sizes |= node.input(i) instanceof Sizes;
    }
    if (sizes) {
      List<Size> all = new ArrayList<>();
      for (int i = 0; i < node.inputs(); i++) {
        all.addAll(
            node.sizes(i)
                .orElseThrow(() -> node.unsupported("it joins extents with computed numbers"))
                .sizes());
      }
      return List.of(new Sizes(all, false));
    }
    Value[] parts = new Value[node.inputs()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = node.value(i);
    }
    int axis = node.axis(node.integer("axis", 1), node.type(0).rank());
    return node.result(new Concat(axis), parts);
  }

  private static List<Imported> split(NodeScope node) {
    ValueType type = node.type(0);
    int axis = node.axis(node.integer("axis", 0), type.rank());
    if (!(type.dim(axis) instanceof Dim.Fixed(long extent))) {
      throw node.unsupported("it splits the open axis %d of %s".formatted(axis, type));
    }
    int count = node.node().outputs().size();
    Optional<List<Long>> given = node.integers("split", 1);
    List<Imported> parts = new ArrayList<>();
    long each = (extent + count - 1) / count;
    long start = 0;
    for (int i = 0; i < count; i++) {
      long length = Math.min(each, extent - start);
      if (given.isPresent()) {
        if (given.get().size() != count) {
          throw node.bad("splits into %s, %d outputs".formatted(given.get(), count));
        }
        length = given.get().get(i);
      }
      if (length < 0 || length > extent - start) {
        throw node.bad("takes %d from %d of %d".formatted(length, start, extent));
      }
      parts.add(node.output(i, new Slice(axis, start, length), node.value(0)));
      start += length;
    }
    return parts;
  }
}
