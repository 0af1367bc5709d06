package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Size.Extent;
import dev.gatun.formats.onnx.Imported.Size.Whole;
import dev.gatun.graph.Dim;
import java.util.ArrayList;
import java.util.List;

/** What the target of a Reshape means: 0 copies an extent, -1 is what remains. */
final class ReshapeTarget {
  private ReshapeTarget() {}

  static List<Dim> of(NodeScope node, List<Dim> source, List<Size> target, boolean allowZero) {
    List<Dim> dims = new ArrayList<>();
    int open = -1;
    for (int i = 0; i < target.size(); i++) {
      switch (target.get(i)) {
        case Extent(Dim dim) -> dims.add(dim);
        case Whole(long size) when size > 0 || (size == 0 && allowZero) -> dims.add(Dim.of(size));
        case Whole(long size) when size == 0 -> {
          if (i >= source.size()) {
            throw node.bad("copies extent %d of %s".formatted(i, source));
          }
          dims.add(source.get(i));
        }
        case Whole(long size) -> {
          if (size != -1 || open >= 0) {
            throw node.bad("has the target " + target);
          }
          open = i;
          dims.add(Dim.of(1));
        }
      }
    }
    if (open >= 0) {
      dims.set(open, rest(node, source, dims));
    }
    return dims;
  }

  /** Product of the source's extents over that of the others. Equal ones cancel first. */
  private static Dim rest(NodeScope node, List<Dim> source, List<Dim> others) {
    List<Dim> above = new ArrayList<>(source);
    long below = 1;
    for (Dim dim : others) {
      if (!above.remove(dim)) {
        if (!(dim instanceof Dim.Fixed(long size))) {
          throw open(node, source, others);
        }
        below = Math.multiplyExact(below, size);
      }
    }
    long numbers = 1;
    Dim symbols = null;
    for (Dim dim : above) {
      if (dim instanceof Dim.Fixed(long size)) {
        numbers = Math.multiplyExact(numbers, size);
      } else if (symbols == null) {
        symbols = dim;
      } else {
        throw open(node, source, others);
      }
    }
    if (below == 0 || (symbols == null && numbers % below != 0)) {
      throw node.bad("gives %s elements the extents %s".formatted(source, others));
    }
    return symbols == null ? Dim.of(numbers / below) : symbols.times(numbers).dividedBy(below);
  }

  private static RuntimeException open(NodeScope node, List<Dim> source, List<Dim> others) {
    return node.unsupported(
        "no extent says what remains of %s beside %s".formatted(source, others));
  }
}
