package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.SplitParts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ONNX Split: parts of known lengths are slices; others are computed. */
final class SplitOp {
  private SplitOp() {}

  static List<Imported> run(NodeScope node) {
    ValueType type = node.type(0);
    int axis = node.axis(node.integer("axis", 0), type.rank());
    int count = node.node().outputs().size();
    boolean computed = node.has(1) && node.known(1).isEmpty();
    if (computed) {
      List<Dim> lengths = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        lengths.add(node.unknown("part" + i, type.dim(axis).max()));
      }
      return node.results(new SplitParts(axis, lengths), node.value(0), node.value(1));
    }
    Optional<List<Long>> given = node.has(1) ? node.known(1) : node.integers("split");
    if (given.isPresent() && given.get().size() != count) {
      throw node.bad("splits into %s, %d outputs".formatted(given.get(), count));
    }
    return type.dim(axis) instanceof Dim.Fixed(long extent)
        ? slices(node, axis, extent, given)
        : open(node, axis, type.dim(axis), given);
  }

  private static List<Imported> slices(
      NodeScope node, int axis, long extent, Optional<List<Long>> given) {
    int count = node.node().outputs().size();
    List<Imported> parts = new ArrayList<>();
    long each = (extent + count - 1) / count;
    long start = 0;
    for (int i = 0; i < count; i++) {
      long length = given.isPresent() ? given.get().get(i) : Math.min(each, extent - start);
      if (length < 0 || length > extent - start) {
        throw node.bad("takes %d from %d of %d".formatted(length, start, extent));
      }
      parts.add(node.output(i, new Slice(axis, start, length), node.value(0)));
      start += length;
    }
    return parts;
  }

  /** Of an open axis: equal parts must come out even. */
  private static List<Imported> open(
      NodeScope node, int axis, Dim extent, Optional<List<Long>> given) {
    int count = node.node().outputs().size();
    List<Dim> lengths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lengths.add(given.isPresent() ? Dim.of(given.get().get(i)) : extent.dividedBy(count));
    }
    Value numbers = node.extents("lengths", lengths);
    return node.nodes(new SplitParts(axis, lengths), List.of(node.value(0), numbers)).stream()
        .<Imported>map(Computed::new)
        .toList();
  }
}
