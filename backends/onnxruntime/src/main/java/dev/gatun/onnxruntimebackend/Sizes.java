package dev.gatun.onnxruntimebackend;

import dev.gatun.graph.Dim;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Sizes of a graph's symbols in the submission that runs. Resolving allocates nothing. Not
 * thread-safe.
 */
final class Sizes {
  /** What stands for a size that is not known. */
  static final long UNKNOWN = -1;

  private final Map<String, Integer> indices = new HashMap<>();
  private long[] values = {};

  /** An extent, prepared. */
  static final class Extent {
    private final Dim dim;
    private final long constant;
    private final long divisor;
    private final int[] symbols;
    private final long[] factors;

    private Extent(Dim dim, long constant, long divisor, int[] symbols, long[] factors) {
      this.dim = dim;
      this.constant = constant;
      this.divisor = divisor;
      this.symbols = symbols;
      this.factors = factors;
    }

    Dim dim() {
      return dim;
    }
  }

  /** Prepares an extent of the graph. */
  Extent extent(Dim dim) {
    return switch (dim) {
      case Dim.Fixed(long size) -> new Extent(dim, size, 1, new int[0], new long[0]);
      case Dim.Symbol symbol ->
          new Extent(dim, 0, 1, new int[] {index(symbol.name())}, new long[] {1});
      case Dim.Affine affine ->
          new Extent(
              dim,
              affine.constant(),
              affine.divisor(),
              affine.terms().stream().mapToInt(term -> index(term.symbol().name())).toArray(),
              affine.terms().stream().mapToLong(Dim.Term::factor).toArray());
    };
  }

  private int index(String symbol) {
    Integer known = indices.putIfAbsent(symbol, indices.size());
    if (known != null) {
      return known;
    }
    values = Arrays.copyOf(values, indices.size());
    values[indices.size() - 1] = UNKNOWN;
    return indices.size() - 1;
  }

  void clear() {
    Arrays.fill(values, UNKNOWN);
  }

  /** The extent's size, {@link #UNKNOWN} while a symbol of it is. */
  long of(Extent extent) {
    long sum = extent.constant;
    for (int i = 0; i < extent.symbols.length; i++) {
      long size = values[extent.symbols[i]];
      if (size == UNKNOWN) {
        return UNKNOWN;
      }
      sum += extent.factors[i] * size;
    }
    return Math.floorDiv(sum, extent.divisor);
  }

  /**
   * Learns from the size that an extent turned out to have: a single unknown symbol is solved for.
   *
   * @return whether it fits what is known
   */
  boolean learn(Extent extent, long size) {
    int unknown = -1;
    long sum = extent.constant;
    for (int i = 0; i < extent.symbols.length; i++) {
      long known = values[extent.symbols[i]];
      if (known != UNKNOWN) {
        sum += extent.factors[i] * known;
      } else if (unknown >= 0) {
        return true;
      } else {
        unknown = i;
      }
    }
    if (unknown < 0) {
      return Math.floorDiv(sum, extent.divisor) == size;
    }
    if (extent.divisor == 1) {
      long rest = size - sum;
      if (rest % extent.factors[unknown] != 0) {
        return false;
      }
      values[extent.symbols[unknown]] = rest / extent.factors[unknown];
    }
    return true;
  }

  /** Sets a symbol by name, where the graph has it and nothing else did. */
  void putIfUnknown(String symbol, long size) {
    Integer index = indices.get(symbol);
    if (index != null && values[index] == UNKNOWN) {
      values[index] = size;
    }
  }

  /** All that is known, by symbol. */
  Map<String, Long> known() {
    Map<String, Long> known = new HashMap<>();
    indices.forEach((name, index) -> {
      if (values[index] != UNKNOWN) {
        known.put(name, values[index]);
      }
    });
    return known;
  }
}
