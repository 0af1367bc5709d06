package dev.gatun.engine.compiled;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Scan;
import dev.gatun.graph.op.Softmax;
import dev.gatun.runtime.spi.Batch;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which nodes can run on padded tokens and rows: those that never let one token see another except
 * through attention, whose padding belongs to a sequence of its own.
 */
public final class PaddingRules {
  private PaddingRules() {}

  /** Why padding would change the node's results; empty when it does not. */
  public static Optional<String> problem(Node node) {
    for (Value value : all(node)) {
      for (Dim dim : value.type().dims()) {
        if (dim instanceof Dim.Affine && isPadded(dim)) {
          return Optional.of("'%s' has the padded extent %s".formatted(value.name(), dim));
        }
        if (dim instanceof Dim.Symbol symbol && symbol.dataDependent()) {
          return Optional.of("'%s' has no fixed shape".formatted(value.name()));
        }
      }
    }
    boolean mixes =
        switch (node.op()) {
          case Reduce op ->
              op.axes().stream().anyMatch(axis -> isPadded(node.input(0).type().dim(axis)));
          case Softmax op -> isPadded(node.input(0).type().dim(op.axis()));
          case LayerNormalization _, RmsNormalization _ -> isPadded(node.input(0).type().dim(-1));
          case MatMul _ -> isPadded(node.input(0).type().dim(-1));
          case Concat op ->
              node.inputs().stream().anyMatch(in -> isPadded(in.type().dim(op.axis())));
          case Reshape _ -> !keepsPadding(node.input(0).type(), node.output().type());
          case If _, Loop _, Scan _ ->
              all(node).stream()
                  .anyMatch(value -> value.type().dims().stream().anyMatch(PaddingRules::isPadded));
          default -> false;
        };
    return mixes ? Optional.of("padding would mix into the result") : Optional.empty();
  }

  /** Whether the extent depends on the number of tokens or rows. */
  public static boolean isPadded(Dim dim) {
    return switch (dim) {
      case Dim.Fixed _ -> false;
      case Dim.Symbol symbol -> isPadded(symbol);
      case Dim.Affine affine -> affine.terms().stream().anyMatch(term -> isPadded(term.symbol()));
    };
  }

  public static boolean isPadded(Dim.Symbol symbol) {
    return symbol.name().equals(Batch.TOKENS) || symbol.name().equals(Batch.ROWS);
  }

  private static List<Value> all(Node node) {
    return Stream.concat(node.inputs().stream(), node.outputs().stream())
        .filter(value -> !value.isAbsent())
        .toList();
  }

  /** Padding stays at the end when the padded extent is the outermost and stays that. */
  private static boolean keepsPadding(ValueType from, ValueType to) {
    boolean padded = from.dims().stream().anyMatch(PaddingRules::isPadded);
    return !padded
        || (from.dim(0).equals(to.dim(0))
            && from.dims().stream().skip(1).noneMatch(PaddingRules::isPadded)
            && to.dims().stream().skip(1).noneMatch(PaddingRules::isPadded));
  }
}
