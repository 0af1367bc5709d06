package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.openvinobackend.ir.Output;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Extents as values of the model, computed from the shapes of what is known. */
final class DimLowering {
  private final Graph graph;
  private final Emitter emit;
  private final Map<String, Long> sizes;
  private final Function<Value, Output> values;
  private final Function<Dim.Symbol, Output> outer;
  private final Map<String, Output> symbols = new HashMap<>();

  /**
   * @param sizes sizes of symbols that are fixed
   * @param values the output of a value
   * @param outer the size, I64 [1], of a symbol that no value of the graph has
   */
  DimLowering(
      Graph graph,
      Emitter emit,
      Map<String, Long> sizes,
      Function<Value, Output> values,
      Function<Dim.Symbol, Output> outer) {
    this.graph = graph;
    this.emit = emit;
    this.sizes = sizes;
    this.values = values;
    this.outer = outer;
  }

  /** The size where it is known; -1 elsewhere. */
  long size(Dim dim) {
    return switch (dim) {
      case Dim.Fixed(long size) -> size;
      case Dim.Symbol symbol -> sizes.getOrDefault(symbol.name(), -1L);
      case Dim.Affine affine ->
          affine.terms().stream().allMatch(term -> sizes.containsKey(term.symbol().name()))
              ? affine.resolve(sizes)
              : -1;
    };
  }

  /** Extents as a vector of I64: the target of a reshape. */
  Output vector(List<Dim> dims) {
    long[] known = dims.stream().mapToLong(this::size).toArray();
    int open = 0;
    boolean empty = false;
    for (long size : known) {
      open += size < 0 ? 1 : 0;
      empty |= size == 0;
    }
    if (open == 0 || (open == 1 && !empty)) {
      return emit.integers(known);
    }
    Output[] parts = new Output[known.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = known[i] < 0 ? extent(dims.get(i)) : emit.integers(known[i]);
    }
    return emit.concat(0, parts);
  }

  /** Extents as a vector of I64, none of them left open. */
  Output sizes(List<Dim> dims) {
    return dims.isEmpty()
        ? emit.integers()
        : dims.stream().allMatch(dim -> size(dim) >= 0)
            ? emit.integers(dims.stream().mapToLong(this::size).toArray())
            : emit.concat(0, dims.stream().map(this::extent).toArray(Output[]::new));
  }

  /** One extent, I64 [1]. */
  Output extent(Dim dim) {
    return switch (dim) {
      case Dim.Fixed(long size) -> emit.integers(size);
      case Dim.Symbol symbol -> symbol(symbol);
      case Dim.Affine affine -> {
        Output sum = emit.integers(affine.constant());
        for (Dim.Term term : affine.terms()) {
          Output size = symbol(term.symbol());
          sum =
              emit.binary("Add", sum, emit.binary("Multiply", size, emit.integers(term.factor())));
        }
        yield affine.divisor() == 1
            ? sum
            : emit.binary("Divide", sum, emit.integers(affine.divisor()));
      }
    };
  }

  private Output symbol(Dim.Symbol symbol) {
    Long size = sizes.get(symbol.name());
    if (size != null) {
      return emit.integers(size);
    }
    Output known = symbols.get(symbol.name());
    if (known == null) {
      known = find(symbol);
      symbols.put(symbol.name(), known);
    }
    return known;
  }

  private Output find(Dim.Symbol symbol) {
    for (Value input : graph.inputs()) {
      int axis = input.type().dims().indexOf(symbol);
      if (axis >= 0) {
        return extentOf(input, axis);
      }
    }
    for (Node node : graph.nodes()) {
      for (Value value : node.outputs()) {
        int axis = value.type().dims().indexOf(symbol);
        if (axis >= 0) {
          return extentOf(value, axis);
        }
      }
    }
    return outer.apply(symbol);
  }

  private Output extentOf(Value value, int axis) {
    return emit.gather(emit.shapeOf(values.apply(value)), emit.integers(axis), 0);
  }
}
