package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Size.Extent;
import dev.gatun.formats.onnx.Imported.Size.Whole;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the target of a Reshape means: 0 copies an extent, -1 is what remains. */
final class ReshapeTarget {
  private ReshapeTarget() {}

  /** The dimensions; empty when no extent says what remains. */
  static Optional<List<Dim>> of(
      NodeScope node, List<Dim> source, List<Size> target, boolean allowZero) {
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
      Optional<Dim> rest = rest(node, source, dims);
      if (rest.isEmpty()) {
        return Optional.empty();
      }
      dims.set(open, rest.get());
    }
    return Optional.of(dims);
  }

  /** The dimensions with a new symbol for what remains. */
  static List<Dim> open(NodeScope node, ValueType source, List<Size> target, boolean allowZero) {
    List<Dim> dims = new ArrayList<>();
    for (Size size : target) {
      int at = dims.size();
      dims.add(
          switch (size) {
            case Extent(Dim dim) -> dim;
            case Whole(long number) when number == 0 && !allowZero && at < source.rank() ->
                source.dim(at);
            case Whole(long number) ->
                number < 0 ? node.unknown("rest", source.maxElements()) : Dim.of(number);
          });
    }
    return dims;
  }

  /** Product of the source's extents over that of the others. Equal ones cancel first. */
  private static Optional<Dim> rest(NodeScope node, List<Dim> source, List<Dim> others) {
    List<Dim> above = new ArrayList<>(source);
    long below = 1;
    for (Dim dim : others) {
      if (!above.remove(dim)) {
        if (!(dim instanceof Dim.Fixed(long size))) {
          return Optional.empty();
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
        return Optional.empty();
      }
    }
    if (below == 0 || (symbols == null && numbers % below != 0)) {
      throw node.bad("gives %s elements the extents %s".formatted(source, others));
    }
    if (symbols == null) {
      return Optional.of(Dim.of(numbers / below));
    }
    boolean quotient = symbols instanceof Dim.Affine affine && affine.divisor() != 1;
    return quotient && numbers != 1
        ? Optional.empty()
        : Optional.of(symbols.times(numbers).dividedBy(below));
  }
}
