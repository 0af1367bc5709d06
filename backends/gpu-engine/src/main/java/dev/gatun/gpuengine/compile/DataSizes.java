package dev.gatun.gpuengine.compile;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import java.util.HashSet;
import java.util.Set;

/** Sizes that data tell. */
final class DataSizes {
  private DataSizes() {}

  /** Whether a result has an extent that no input has and that depends on data. */
  static boolean areFoundBy(Node node) {
    Set<String> made = new HashSet<>();
    node.outputs().forEach(value -> value.type().dims().forEach(dim -> add(dim, made)));
    Set<String> given = new HashSet<>();
    node.inputs().forEach(value -> value.type().dims().forEach(dim -> add(dim, given)));
    return !given.containsAll(made);
  }

  private static void add(Dim dim, Set<String> names) {
    switch (dim) {
      case Dim.Symbol symbol when symbol.dataDependent() -> names.add(symbol.name());
      case Dim.Affine affine -> affine.terms().forEach(term -> add(term.symbol(), names));
      default -> {}
    }
  }
}
