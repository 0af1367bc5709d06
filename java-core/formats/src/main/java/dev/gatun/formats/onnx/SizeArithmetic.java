package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Size.Extent;
import dev.gatun.formats.onnx.Imported.Size.Whole;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.op.Binary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Arithmetic of integers that say sizes. What has no answer as an extent gives nothing. */
final class SizeArithmetic {
  private SizeArithmetic() {}

  static Optional<Sizes> apply(Binary.Function function, Sizes a, Sizes b) {
    int n = a.sizes().size() == 1 ? b.sizes().size() : a.sizes().size();
    if (b.sizes().size() != 1 && b.sizes().size() != n) {
      return Optional.empty();
    }
    List<Size> results = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Optional<Size> size = apply(function, at(a, i), at(b, i));
      if (size.isEmpty()) {
        return Optional.empty();
      }
      results.add(size.get());
    }
    return Optional.of(a.with(results, a.scalar() && b.scalar()));
  }

  private static Size at(Sizes sizes, int i) {
    return sizes.sizes().get(sizes.sizes().size() == 1 ? 0 : i);
  }

  private static Optional<Size> apply(Binary.Function function, Size a, Size b) {
    try {
      if (a instanceof Whole(long x) && b instanceof Whole(long y)) {
        return numbers(function, x, y);
      }
      return switch (function) {
        case ADD -> Optional.of(Size.of(dim(a).plus(dim(b))));
        case SUB ->
            Optional.of(
                Size.of(
                    b instanceof Whole(long number)
                        ? dim(a).plus(-number)
                        : dim(a).plus(dim(b).times(-1))));
        case MUL ->
            a instanceof Whole(long factor)
                ? Optional.of(Size.of(dim(b).times(factor)))
                : b instanceof Whole(long factor)
                    ? Optional.of(Size.of(dim(a).times(factor)))
                    : Optional.empty();
        case DIV ->
            b instanceof Whole(long divisor) && divisor > 0
                ? Optional.of(Size.of(dim(a).dividedBy(divisor)))
                : Optional.empty();
        default -> Optional.empty();
      };
    } catch (GraphException | ArithmeticException | IllegalArgumentException e) {
      // No extent says this: a negative number, the sum of quotients.
      return Optional.empty();
    }
  }

  private static Optional<Size> numbers(Binary.Function function, long x, long y) {
    return switch (function) {
      case ADD -> Optional.of(new Whole(Math.addExact(x, y)));
      case SUB -> Optional.of(new Whole(Math.subtractExact(x, y)));
      case MUL -> Optional.of(new Whole(Math.multiplyExact(x, y)));
      case DIV -> y == 0 ? Optional.empty() : Optional.of(new Whole(x / y));
      case MAX -> Optional.of(new Whole(Math.max(x, y)));
      case MIN -> Optional.of(new Whole(Math.min(x, y)));
      case POW -> Optional.empty();
    };
  }

  /** A size as an extent; a negative number only within a sum. */
  private static Dim dim(Size size) {
    return switch (size) {
      case Extent(Dim dim) -> dim;
      case Whole(long number) ->
          number >= 0 ? Dim.of(number) : new Dim.Affine(List.of(), number, 1);
    };
  }
}
