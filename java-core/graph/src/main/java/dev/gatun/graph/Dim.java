package dev.gatun.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One extent of a value's shape: a number, a named symbol with bounds, or an affine expression of
 * symbols.
 *
 * <p>A data-dependent extent is a {@link Symbol} that a node's output introduces ({@code
 * dataDependent}): its value is known when that node has run.
 */
public sealed interface Dim {
  /** A known extent, at least 0. */
  record Fixed(long size) implements Dim {
    public Fixed {
      if (size < 0) {
        throw new IllegalArgumentException("negative extent " + size);
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /** A named extent between {@code min} and {@code max}, both included. */
  record Symbol(String name, long min, long max, boolean dataDependent) implements Dim {
    public Symbol {
      if (name.isEmpty() || min < 0 || max < min) {
        throw new IllegalArgumentException("bad symbol " + name + " " + min + ".." + max);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** One term of an affine extent. */
  record Term(Symbol symbol, long factor) {}

  /** {@code floor((sum of terms + constant) / divisor)}; terms are sorted by name. */
  record Affine(List<Term> terms, long constant, long divisor) implements Dim {
    public Affine {
      terms = List.copyOf(terms);
      if (divisor < 1) {
        throw new IllegalArgumentException("divisor " + divisor);
      }
    }

    @Override
    public String toString() {
      var text = new StringBuilder();
      for (Term term : terms) {
        text.append(text.isEmpty() ? "" : "+");
        text.append(term.factor() == 1 ? "" : term.factor() + "*").append(term.symbol().name());
      }
      if (constant != 0 || terms.isEmpty()) {
        text.append(constant < 0 || text.isEmpty() ? "" : "+").append(constant);
      }
      return divisor == 1 ? text.toString() : "(" + text + ")/" + divisor;
    }
  }

  static Dim of(long size) {
    return new Fixed(size);
  }

  /** A symbol fixed by the caller's inputs. */
  static Symbol symbol(String name, long min, long max) {
    return new Symbol(name, min, max, false);
  }

  /**
   * The extent under {@code bindings} (symbol name to size).
   *
   * @throws GraphException when a symbol is unbound or out of its bounds
   */
  default long resolve(Map<String, Long> bindings) {
    return switch (this) {
      case Fixed(long size) -> size;
      case Symbol symbol -> {
        Long size = bindings.get(symbol.name());
        if (size == null) {
          throw new GraphException("dimension '" + symbol.name() + "' has no size");
        }
        if (size < symbol.min() || size > symbol.max()) {
          throw new GraphException(
              "dimension '%s' is %d, outside %d..%d"
                  .formatted(symbol.name(), size, symbol.min(), symbol.max()));
        }
        yield size;
      }
      case Affine(List<Term> terms, long constant, long divisor) -> {
        long sum = constant;
        for (Term term : terms) {
          sum =
              Math.addExact(
                  sum, Math.multiplyExact(term.factor(), term.symbol().resolve(bindings)));
        }
        if (sum < 0) {
          throw new GraphException("extent " + this + " is negative under " + bindings);
        }
        yield Math.floorDiv(sum, divisor);
      }
    };
  }

  /** The largest size that the bounds allow. */
  default long max() {
    return switch (this) {
      case Fixed(long size) -> size;
      case Symbol symbol -> symbol.max();
      case Affine(List<Term> terms, long constant, long divisor) -> {
        long sum = constant;
        for (Term term : terms) {
          long bound = term.factor() < 0 ? term.symbol().min() : term.symbol().max();
          sum = Math.addExact(sum, Math.multiplyExact(term.factor(), bound));
        }
        yield Math.max(0, Math.floorDiv(sum, divisor));
      }
    };
  }

  /** Whether this is {@code Fixed(size)}. */
  default boolean is(long size) {
    return this instanceof Fixed(long known) && known == size;
  }

  /** Whether this is known only when a node has run. */
  default boolean dataDependent() {
    return switch (this) {
      case Fixed ignored -> false;
      case Symbol symbol -> symbol.dataDependent();
      case Affine affine -> affine.terms().stream().anyMatch(term -> term.symbol().dataDependent());
    };
  }

  /** The smallest size that the bounds allow. */
  default long min() {
    return switch (this) {
      case Fixed(long size) -> size;
      case Symbol symbol -> symbol.min();
      case Affine(List<Term> terms, long constant, long divisor) -> {
        long sum = constant;
        for (Term term : terms) {
          long bound = term.factor() < 0 ? term.symbol().max() : term.symbol().min();
          sum = Math.addExact(sum, Math.multiplyExact(term.factor(), bound));
        }
        yield Math.max(0, Math.floorDiv(sum, divisor));
      }
    };
  }

  /**
   * {@code this + other}.
   *
   * @throws GraphException when both are quotients: their sum is none
   */
  default Dim plus(Dim other) {
    long divisor = Math.max(divisor(this), divisor(other));
    if (divisor(this) != 1 && divisor(other) != 1) {
      throw new GraphException("cannot add the quotients " + this + " and " + other);
    }
    // floor(a / d) + b = floor((a + d b) / d) for whole b.
    var terms = new TreeMap<String, Term>();
    long constant =
        Math.addExact(
            collect(this, terms, divisor / divisor(this)),
            collect(other, terms, divisor / divisor(other)));
    return normal(terms, constant, divisor);
  }

  /** {@code this + constant}, which may be negative. */
  default Dim plus(long constant) {
    var terms = new TreeMap<String, Term>();
    long sum = collect(this, terms, 1);
    long divisor = divisor(this);
    return normal(terms, Math.addExact(sum, Math.multiplyExact(divisor, constant)), divisor);
  }

  /**
   * {@code factor * this}.
   *
   * @throws GraphException when this is a quotient
   */
  default Dim times(long factor) {
    if (factor == 1) {
      return this;
    }
    if (divisor(this) != 1) {
      throw new GraphException("cannot multiply the quotient " + this);
    }
    var terms = new TreeMap<String, Term>();
    return normal(terms, collect(this, terms, factor), 1);
  }

  /** {@code floor(this / divisor)}. */
  default Dim dividedBy(long divisor) {
    if (divisor == 1) {
      return this;
    }
    // floor(floor(a / b) / c) = floor(a / (b c)).
    var terms = new TreeMap<String, Term>();
    long constant = collect(this, terms, 1);
    return normal(terms, constant, Math.multiplyExact(divisor(this), divisor));
  }

  private static long divisor(Dim dim) {
    return dim instanceof Affine affine ? affine.divisor() : 1;
  }

  /** Adds {@code factor} times the sum in a dimension, without its divisor. */
  private static long collect(Dim dim, Map<String, Term> terms, long factor) {
    return switch (dim) {
      case Fixed(long size) -> Math.multiplyExact(size, factor);
      case Symbol symbol -> {
        add(terms, symbol, factor);
        yield 0;
      }
      case Affine(List<Term> own, long constant, long divisor) -> {
        for (Term term : own) {
          add(terms, term.symbol(), Math.multiplyExact(term.factor(), factor));
        }
        yield Math.multiplyExact(constant, factor);
      }
    };
  }

  private static void add(Map<String, Term> terms, Symbol symbol, long factor) {
    terms.merge(
        symbol.name(),
        new Term(symbol, factor),
        (a, b) -> {
          if (!a.symbol().equals(b.symbol())) {
            throw new GraphException("two symbols are called '" + symbol.name() + "'");
          }
          return new Term(symbol, Math.addExact(a.factor(), b.factor()));
        });
  }

  // Terms cancel, common factors go and trivial sums collapse, so that equal extents are equal
  // objects: floor((g a + c) / (g d)) = floor((a + floor(c / g)) / d).
  private static Dim normal(Map<String, Term> terms, long constant, long divisor) {
    long common = divisor;
    for (Term term : terms.values()) {
      common = gcd(common, Math.abs(term.factor()));
    }
    List<Term> kept = new ArrayList<>();
    for (Term term : terms.values()) {
      if (term.factor() != 0) {
        kept.add(new Term(term.symbol(), term.factor() / common));
      }
    }
    long rest = Math.floorDiv(constant, common);
    long by = divisor / common;
    if (kept.isEmpty()) {
      return new Fixed(Math.floorDiv(rest, by));
    }
    if (kept.size() == 1 && rest == 0 && by == 1 && kept.getFirst().factor() == 1) {
      return kept.getFirst().symbol();
    }
    return new Affine(kept, rest, by);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
