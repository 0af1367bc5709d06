package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ValueType;
import java.util.HashMap;
import java.util.Map;

/** Bytes of values and of constants, for cutting graphs and for their fit. */
final class ByteSizes {
  private ByteSizes() {}

  /** Bytes of a value under these sizes; a symbol without a size has its maximum. */
  static double bytes(ValueType type, Map<String, Long> sizes) {
    double elements = 1;
    for (Dim dim : type.dims()) {
      elements *= extent(dim, sizes);
    }
    return elements * type.dtype().bitsPerElement() / 8;
  }

  /** Bytes of a graph's constants in their stored formats. */
  static long weightBytes(Graph graph) {
    long sum = 0;
    for (Constant constant : graph.constants()) {
      sum += constant.data().data().byteSize();
    }
    return sum;
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
