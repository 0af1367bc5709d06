package dev.gatun.engine.compiled;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The one shape of each profile: every symbol at the profile's maximum. */
public final class FixedShapes {
  private final Graph graph;
  private final List<Map<String, Long>> shapes = new ArrayList<>();

  /**
   * The shapes of profiles.
   *
   * @throws BackendException without a profile
   */
  public FixedShapes(Graph graph, List<ShapeProfile> profiles) {
    this.graph = graph;
    for (ShapeProfile profile : profiles) {
      Map<String, Long> sizes = new TreeMap<>();
      for (Value input : graph.inputs()) {
        input.type().dims().forEach(dim -> fix(dim, profile, sizes));
      }
      shapes.add(sizes);
    }
    if (profiles.isEmpty()) {
      throw new BackendException(graph.name() + ": a device of fixed shapes needs a profile");
    }
    shapes.sort(Comparator.comparingLong(sizes -> sizes.getOrDefault(Batch.TOKENS, 0L)));
  }

  private static void fix(Dim dim, ShapeProfile profile, Map<String, Long> sizes) {
    switch (dim) {
      case Dim.Fixed _ -> {}
      case Dim.Symbol symbol -> {
        ShapeProfile.Range range = profile.ranges().get(symbol.name());
        sizes.put(symbol.name(), range == null ? symbol.max() : range.max());
      }
      case Dim.Affine affine -> affine.terms().forEach(term -> fix(term.symbol(), profile, sizes));
    }
  }

  /** The most tokens that any profile takes; 0 without that symbol. */
  public long maxTokens() {
    return shapes.getLast().getOrDefault(Batch.TOKENS, 0L);
  }

  /**
   * The smallest shape that takes these sizes. Tokens and rows may be fewer than the shape's; other
   * symbols must be exact.
   *
   * @throws BackendException when there is none
   */
  public Bindings fit(Bindings actual) {
    for (Map<String, Long> sizes : shapes) {
      if (fits(sizes, actual, false)) {
        Bindings result = new Bindings(sizes);
        result.putIfAbsent(actual.sizes());
        return checked(result);
      }
    }
    throw new BackendException(
        "%s was compiled for %s, not for %s".formatted(graph.name(), shapes, actual.sizes()));
  }

  /**
   * Tokens and rows of the smallest shape that takes these, other symbols as they are: for a device
   * that compiles anew for each size of those.
   *
   * @throws BackendException when there is none
   */
  public Bindings pad(Bindings actual) {
    for (Map<String, Long> sizes : shapes) {
      if (fits(sizes, actual, true)) {
        Map<String, Long> padded = new TreeMap<>(actual.sizes());
        padded.replaceAll(
            (symbol, size) -> isPadded(symbol) ? sizes.getOrDefault(symbol, size) : size);
        return checked(new Bindings(padded));
      }
    }
    throw new BackendException(
        "%s was compiled for %s, not for %s".formatted(graph.name(), shapes, actual.sizes()));
  }

  private static boolean fits(Map<String, Long> sizes, Bindings actual, boolean anyOther) {
    return actual.sizes().entrySet().stream()
        .allMatch(each -> {
          long fixed = sizes.getOrDefault(each.getKey(), each.getValue());
          return isPadded(each.getKey())
              ? each.getValue() <= fixed
              : anyOther || each.getValue() == fixed;
        });
  }

  private static boolean isPadded(String symbol) {
    return symbol.equals(Batch.TOKENS) || symbol.equals(Batch.ROWS);
  }

  private Bindings checked(Bindings sizes) {
    try {
      graph.inputs().forEach(input -> sizes.shape(input.type()));
    } catch (GraphException e) {
      throw new BackendException(graph.name() + ": " + e.getMessage(), e);
    }
    return sizes;
  }
}
