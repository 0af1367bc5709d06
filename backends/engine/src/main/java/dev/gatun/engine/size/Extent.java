package dev.gatun.engine.size;

import dev.gatun.graph.Dim;
import java.util.List;
import java.util.TreeMap;

/**
 * A product of dimensions, resolved for each submission without allocation.
 *
 * @param index position in {@link Sizes}; negative when the extent is fixed
 * @param factor the fixed part
 * @param symbols the rest, in canonical order; empty when the extent is fixed
 */
public record Extent(int index, long factor, List<Dim> symbols) {
  public Extent {
    symbols = List.copyOf(symbols);
  }

  /** Of what distinguishes extents of one program; its symbols would be hashed each time. */
  @Override
  public int hashCode() {
    return 31 * index + Long.hashCode(factor);
  }

  public static Extent fixed(long size) {
    return new Extent(-1, size, List.of());
  }

  /** The extent in the current submission. */
  public int of(Sizes sizes) {
    return (int) (index < 0 ? factor : sizes.size(index));
  }

  /** Whether the size is the same in each submission. */
  public boolean isFixed() {
    return index < 0;
  }

  /** Whether both grow with the same symbols. */
  public boolean sameSymbols(Extent other) {
    return symbols.equals(other.symbols);
  }

  /** Splits dims into a fixed factor and the rest. */
  public static Extent canonical(int index, List<Dim> dims) {
    long factor = 1;
    var rest = new TreeMap<String, Dim>();
    for (Dim dim : dims) {
      Dim symbolic = dim;
      switch (dim) {
        case Dim.Fixed(long size) -> {
          factor = Math.multiplyExact(factor, size);
          continue;
        }
        case Dim.Affine(List<Dim.Term> terms, long constant, long divisor)
            when terms.size() == 1 && constant == 0 && divisor == 1 -> {
          factor = Math.multiplyExact(factor, terms.getFirst().factor());
          symbolic = terms.getFirst().symbol();
        }
        case Dim.Affine affine -> symbolic = affine;
        case Dim.Symbol symbol -> symbolic = symbol;
      }
      String key = symbolic.toString();
      while (rest.containsKey(key)) {
        key += "'";
      }
      rest.put(key, symbolic);
    }
    return rest.isEmpty() ? fixed(factor) : new Extent(index, factor, List.copyOf(rest.values()));
  }
}
