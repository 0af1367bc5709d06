package dev.gatun.graph;

import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sizes of the symbols of a graph, found by matching actual shapes with declared types. Not
 * thread-safe.
 */
public final class Bindings {
  private final TreeMap<String, Long> sizes = new TreeMap<>();

  public Bindings() {}

  public Bindings(Map<String, Long> sizes) {
    this.sizes.putAll(sizes);
  }

  /** Sizes by symbol name; a view. */
  public Map<String, Long> sizes() {
    return Collections.unmodifiableMap(sizes);
  }

  /** Sets what is not bound yet. */
  public void putIfAbsent(Map<String, Long> others) {
    others.forEach(sizes::putIfAbsent);
  }

  /**
   * Binds the symbols of values to the shapes that they turned out to have. An affine extent with
   * one unbound symbol is solved for it.
   *
   * @param shapes one per value; null for one to leave out
   * @throws GraphException naming the value whose shape contradicts its type or another value
   */
  public void bind(List<Value> values, List<Shape> shapes) {
    for (int i = 0; i < values.size(); i++) {
      if (shapes.get(i) != null) {
        bindSymbols(values.get(i), shapes.get(i));
      }
    }
    for (int i = 0; i < values.size(); i++) {
      if (shapes.get(i) != null) {
        bindAffine(values.get(i), shapes.get(i));
      }
    }
  }

  /**
   * The extent's size.
   *
   * @throws GraphException when a symbol is unbound
   */
  public long size(Dim dim) {
    return dim.resolve(sizes);
  }

  /**
   * The type's shape.
   *
   * @throws GraphException when a symbol is unbound
   */
  public Shape shape(ValueType type) {
    return type.resolve(sizes);
  }

  private void bindSymbols(Value value, Shape shape) {
    List<Dim> dims = value.type().dims();
    if (dims.size() != shape.rank()) {
      throw mismatch(value, shape, "rank");
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      if (dims.get(axis) instanceof Dim.Symbol symbol) {
        bindSymbol(value, shape, symbol, shape.dim(axis));
      }
    }
  }

  private void bindAffine(Value value, Shape shape) {
    List<Dim> dims = value.type().dims();
    for (int axis = 0; axis < dims.size(); axis++) {
      long actual = shape.dim(axis);
      if (dims.get(axis) instanceof Dim.Affine affine) {
        solve(value, shape, affine, actual);
      }
      if (size(dims.get(axis)) != actual) {
        throw mismatch(value, shape, "dimension " + axis);
      }
    }
  }

  private void bindSymbol(Value value, Shape shape, Dim.Symbol symbol, long actual) {
    if (actual < symbol.min() || actual > symbol.max()) {
      throw new GraphException(
          "value '%s' is %s: dimension '%s' is %d, outside %d..%d"
              .formatted(value.name(), shape, symbol.name(), actual, symbol.min(), symbol.max()));
    }
    Long known = sizes.putIfAbsent(symbol.name(), actual);
    if (known != null && known != actual) {
      throw mismatch(value, shape, "dimension '" + symbol.name() + "' is " + known + " elsewhere;");
    }
  }

  private void solve(Value value, Shape shape, Dim.Affine affine, long actual) {
    List<Dim.Term> unknown = new ArrayList<>();
    long rest = affine.constant();
    for (Dim.Term term : affine.terms()) {
      Long size = sizes.get(term.symbol().name());
      if (size == null) {
        unknown.add(term);
      } else {
        rest = Math.addExact(rest, Math.multiplyExact(term.factor(), size));
      }
    }
    if (unknown.size() == 1 && affine.divisor() == 1) {
      Dim.Term term = unknown.getFirst();
      long difference = actual - rest;
      if (difference % term.factor() != 0) {
        throw mismatch(value, shape, "extent " + affine);
      }
      bindSymbol(value, shape, term.symbol(), difference / term.factor());
    }
  }

  private static GraphException mismatch(Value value, Shape shape, String what) {
    return new GraphException(
        "value '%s' is %s, not %s (%s)".formatted(value.name(), shape, value.type(), what));
  }
}
