package dev.gatun.pipelines.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sizes of what a network leaves open, when nobody says: 1 for the first dimension of an input, 320
 * for the sides of pictures, else 128, as far as bounds allow; 0 for what may be empty, which is a
 * cache before the first token.
 */
public final class UsualSizes {
  private static final long PICTURE_SIDE = 320;
  private static final long LENGTH = 128;

  private UsualSizes() {}

  /** Sizes of the open dimensions of a graph's inputs, by symbol, and no larger ones. */
  public static Map<String, Range> ranges(Graph graph) {
    Map<String, Range> ranges = new TreeMap<>();
    for (Value input : graph.inputs()) {
      List<Dim> dims = input.type().dims();
      for (int axis = 0; axis < dims.size(); axis++) {
        long size = axis == 0 ? 1 : dims.size() == 4 ? PICTURE_SIDE : LENGTH;
        put(ranges, dims.get(axis), size);
      }
    }
    return ranges;
  }

  private static void put(Map<String, Range> ranges, Dim dim, long size) {
    switch (dim) {
      case Dim.Symbol symbol -> {
        long own = symbol.min() == 0 ? 0 : Math.clamp(size, symbol.min(), symbol.max());
        ranges.putIfAbsent(symbol.name(), new Range(symbol.min(), own, own));
      }
      case Dim.Affine(List<Dim.Term> terms, long constant, long divisor) ->
          terms.forEach(term ->
              put(
                  ranges,
                  term.symbol(),
                  Math.max(1, (size * divisor - constant) / Math.max(1, term.factor()))));
      case Dim.Fixed _ -> {
        // Nothing is open.
      }
    }
  }
}
