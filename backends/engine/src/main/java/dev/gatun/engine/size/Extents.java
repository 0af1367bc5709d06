package dev.gatun.engine.size;

import dev.gatun.graph.Dim;
import dev.gatun.runtime.spi.BackendException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All sizes of a program that depend on symbols. Filled while compiling; afterwards immutable and
 * shared by sessions.
 */
public final class Extents {
  private final Map<String, Integer> symbolIndex = new LinkedHashMap<>();
  private final List<Dim.Symbol> symbols = new ArrayList<>();
  private final Map<Extent, Extent> known = new LinkedHashMap<>();
  private final List<Extent> dynamic = new ArrayList<>();

  /** No sizes yet. */
  public Extents() {}

  /** The extent of a product of dimensions; equal products share one. */
  public Extent of(List<Dim> dims) {
    Extent shape = Extent.canonical(0, dims);
    if (shape.symbols().isEmpty()) {
      return Extent.fixed(shape.factor());
    }
    return known.computeIfAbsent(shape, this::register);
  }

  public Extent of(Dim dim) {
    return of(List.of(dim));
  }

  private Extent register(Extent shape) {
    for (Dim dim : shape.symbols()) {
      switch (dim) {
        case Dim.Symbol symbol -> symbol(symbol);
        case Dim.Affine affine -> affine.terms().forEach(term -> symbol(term.symbol()));
        case Dim.Fixed fixed -> throw new IllegalStateException("fixed " + fixed);
      }
    }
    Extent extent = new Extent(dynamic.size(), shape.factor(), shape.symbols());
    dynamic.add(extent);
    return extent;
  }

  /** Index of a symbol; registers it. */
  public int symbol(Dim.Symbol symbol) {
    return symbolIndex.computeIfAbsent(
        symbol.name(),
        name -> {
          symbols.add(symbol);
          return symbols.size() - 1;
        });
  }

  /** The registered symbols, by index. */
  public List<Dim.Symbol> symbols() {
    return symbols;
  }

  /** Number of sizes that depend on symbols. */
  public int count() {
    return dynamic.size();
  }

  /**
   * Computes all sizes.
   *
   * @param values size per symbol, by {@link #symbol} index
   */
  public void resolve(long[] values, long[] sizes) {
    for (int i = 0; i < dynamic.size(); i++) {
      sizes[i] = resolve(dynamic.get(i), values);
    }
  }

  /**
   * One extent under sizes of symbols; 0 while the size of a symbol is unknown.
   *
   * @throws ArithmeticException when it does not fit a long
   */
  public long resolve(Extent extent, long[] values) {
    long size = extent.factor();
    List<Dim> dims = extent.symbols();
    for (int i = 0; i < dims.size(); i++) {
      long dim = resolve(dims.get(i), values);
      if (dim <= 0) {
        return 0;
      }
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }

  /** One dimension under sizes of symbols; -1 while the size of a symbol is unknown. */
  public long resolve(Dim dim, long[] values) {
    return switch (dim) {
      case Dim.Symbol symbol -> value(symbol, values);
      case Dim.Affine affine -> {
        long sum = affine.constant();
        List<Dim.Term> terms = affine.terms();
        for (int i = 0; i < terms.size(); i++) {
          long value = value(terms.get(i).symbol(), values);
          if (value < 0) {
            yield -1;
          }
          sum += terms.get(i).factor() * value;
        }
        yield Math.floorDiv(sum, affine.divisor());
      }
      case Dim.Fixed fixed -> fixed.size();
    };
  }

  private long value(Dim.Symbol symbol, long[] values) {
    Integer index = symbolIndex.get(symbol.name());
    return index == null ? -1 : values[index];
  }

  /** Whether the extent is known only when a step has run. */
  public static boolean dependsOnData(Extent extent) {
    for (Dim dim : extent.symbols()) {
      if (dim.dataDependent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Checks sizes against the bounds of the symbols. A symbol may be 0 even where its minimum is
   * larger: nothing is computed then.
   */
  public void check(long[] values, long[] limits) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 && !symbols.get(i).dataDependent()) {
        throw new BackendException(
            "dimension '" + symbols.get(i).name() + "' has no size: give an input that has it");
      }
      if (values[i] > limits[i]) {
        throw new BackendException(
            "dimension '%s' is %d, and the session was opened for at most %d"
                .formatted(symbols.get(i).name(), values[i], limits[i]));
      }
    }
  }

  /** A new array for the sizes of symbols, each unknown. */
  public long[] unknown() {
    long[] values = new long[symbols.size()];
    Arrays.fill(values, -1);
    return values;
  }
}
