package dev.gatun.formats.onnx.lower;

import dev.gatun.graph.Dim;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Dimensions as vectors of integers that the model computes. */
final class Extents {
  private Extents() {}

  /** A value under other dimensions. */
  static Operand reshape(Emitter emitter, Operand x, List<Dim> dims) {
    boolean zero = dims.stream().anyMatch(dim -> dim.is(0));
    Attributes attributes = Attributes.none();
    if (zero) {
      attributes.with("allowzero", 1);
    }
    Operand target = zero ? sizes(emitter, dims) : target(emitter, dims);
    return emitter.emit("Reshape", attributes, x.dtype(), x, target);
  }

  /** A target of Reshape: one open extent is left for ONNX to find. */
  private static Operand target(Emitter emitter, List<Dim> dims) {
    long[] numbers = new long[dims.size()];
    int open = 0;
    for (int i = 0; i < numbers.length; i++) {
      boolean fixed = dims.get(i) instanceof Dim.Fixed;
      numbers[i] = dims.get(i) instanceof Dim.Fixed(long size) ? size : -1;
      open += fixed ? 0 : 1;
    }
    return open <= 1 ? emitter.longs(numbers) : sizes(emitter, dims);
  }

  /** All sizes, I64 [rank]. */
  static Operand sizes(Emitter emitter, List<Dim> dims) {
    List<Operand> parts = new ArrayList<>();
    List<Long> fixed = new ArrayList<>();
    for (Dim dim : dims) {
      if (dim instanceof Dim.Fixed(long size)) {
        fixed.add(size);
        continue;
      }
      flush(emitter, fixed, parts);
      parts.add(size(emitter, dim));
    }
    flush(emitter, fixed, parts);
    if (parts.isEmpty()) {
      return emitter.longs();
    }
    return parts.size() == 1
        ? parts.getFirst()
        : emitter.once(
            List.of("sizes", parts),
            () ->
                emitter.emit(
                    "Concat",
                    Attributes.none().with("axis", 0),
                    DType.I64,
                    parts.toArray(Operand[]::new)));
  }

  private static void flush(Emitter emitter, List<Long> fixed, List<Operand> parts) {
    if (!fixed.isEmpty()) {
      parts.add(emitter.longs(fixed.stream().mapToLong(Long::longValue).toArray()));
      fixed.clear();
    }
  }

  /** One size, I64 [1]. */
  static Operand size(Emitter emitter, Dim dim) {
    return switch (dim) {
      case Dim.Fixed(long size) -> emitter.longs(size);
      case Dim.Symbol symbol -> emitter.symbol(symbol.name());
      case Dim.Affine affine ->
          emitter.once(List.of("size", affine), () -> affine(emitter, affine));
    };
  }

  private static Operand affine(Emitter emitter, Dim.Affine affine) {
    Operand sum = null;
    for (Dim.Term term : affine.terms()) {
      Operand size = emitter.symbol(term.symbol().name());
      if (term.factor() != 1) {
        size = emitter.emit("Mul", DType.I64, size, emitter.longs(term.factor()));
      }
      sum = sum == null ? size : emitter.emit("Add", DType.I64, sum, size);
    }
    if (affine.constant() != 0) {
      sum = emitter.emit("Add", DType.I64, sum, emitter.longs(affine.constant()));
    }
    // Extents are not negative, so that rounding to zero is rounding down.
    return affine.divisor() == 1
        ? sum
        : emitter.emit("Div", DType.I64, sum, emitter.longs(affine.divisor()));
  }
}
