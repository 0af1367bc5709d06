package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Bytes of values and of constants, for cutting graphs and for their fit. */
final class ByteSizes {
  /**
   * What all extents of a value that depend on data are taken for, together. Their bounds say
   * little: memory for them is taken while running.
   */
  private static final long UNKNOWN = 1 << 16;

  private ByteSizes() {}

  /** Bytes of a value under these sizes; a symbol without a size has its maximum. */
  static double bytes(ValueType type, Map<String, Long> sizes) {
    double elements = 1;
    double unknown = 1;
    for (Dim dim : type.dims()) {
      if (dim.dataDependent()) {
        unknown *= extent(dim, sizes);
      } else {
        elements *= extent(dim, sizes);
      }
    }
    return elements * Math.min(unknown, UNKNOWN) * type.dtype().bitsPerElement() / 8;
  }

  /** Bytes of a graph's constants in their stored formats. */
  static long weightBytes(Graph graph) {
    return graph.constants().stream()
        .mapToLong(constant -> constant.data().data().byteSize())
        .sum();
  }

  /** Bytes of a constant in the memory of a device that reads these formats and decodes others. */
  static long weightBytes(Constant constant, Set<DType> read) {
    DType stored = constant.data().dtype();
    if (read.contains(stored) || !(stored.isBlocked() || stored.isFloat())) {
      return constant.data().data().byteSize();
    }
    DType decoded = read.contains(DType.F32) ? DType.F32 : DType.F16;
    return decoded.byteSize(constant.data().shape().elements());
  }

  private static double extent(Dim dim, Map<String, Long> sizes) {
    return switch (dim) {
      case Dim.Fixed(long size) -> size;
      case Dim.Symbol symbol -> sizes.getOrDefault(symbol.name(), symbol.max());
      case Dim.Affine affine -> {
        Map<String, Long> known = new HashMap<>(sizes);
        for (Dim.Term term : affine.terms()) {
          known.putIfAbsent(term.symbol().name(), term.symbol().max());
        }
        yield affine.resolve(known);
      }
    };
  }
}
