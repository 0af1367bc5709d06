package dev.gatun.runtime.spi;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import java.util.Map;
import java.util.TreeMap;

/**
 * A use of a graph that shall be fast: bounds of its symbols.
 *
 * @param name {@code prefill}, {@code decode}, …
 * @param ranges bounds by symbol name; a symbol that is missing has its own bounds
 */
public record ShapeProfile(String name, Map<String, Range> ranges) {
  /** Sizes from {@code min} to {@code max}, both included; {@code typical} is what to tune for. */
  public record Range(long min, long typical, long max) {
    public static Range fixed(long size) {
      return new Range(size, size, size);
    }
  }

  public ShapeProfile {
    ranges = Map.copyOf(ranges);
  }

  /** Sizes of all symbols of a graph's inputs at their typical value. */
  public Map<String, Long> typicalSizes(Graph graph) {
    Map<String, Long> sizes = new TreeMap<>();
    for (Value input : graph.inputs()) {
      for (Dim dim : input.type().dims()) {
        addTypical(dim, sizes);
      }
    }
    return sizes;
  }

  private void addTypical(Dim dim, Map<String, Long> sizes) {
    switch (dim) {
      case Dim.Fixed _ -> {}
      case Dim.Symbol symbol -> {
        Range range = ranges.get(symbol.name());
        sizes.put(symbol.name(), range == null ? symbol.max() : range.typical());
      }
      case Dim.Affine affine -> affine.terms().forEach(term -> addTypical(term.symbol(), sizes));
    }
  }
}
