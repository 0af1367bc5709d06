package dev.gatun.engine.compiled;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sizes of a batch: those of its tokens and rows, and of the symbols of its tensors. */
public final class BatchSizes {
  private BatchSizes() {}

  /**
   * Sizes of all symbols of the inputs.
   *
   * @throws BackendException when an input's dtype or shape does not fit, or a size is not known
   */
  public static Bindings of(Graph graph, Batch batch) {
    Bindings sizes = new Bindings();
    if (batch.size() > 0) {
      sizes.putIfAbsent(
          Map.of(Batch.TOKENS, (long) batch.size(), Batch.ROWS, (long) batch.rowCount()));
    }
    List<Shape> shapes = new ArrayList<>();
    for (Value input : graph.inputs()) {
      Tensor tensor = batch.tensor(input.name());
      if (tensor != null && tensor.dtype() != input.type().dtype()) {
        throw new BackendException("input '%s' was given %s".formatted(input, tensor.dtype()));
      }
      shapes.add(tensor == null ? null : tensor.shape());
    }
    try {
      sizes.bind(graph.inputs(), shapes);
      graph.inputs().forEach(input -> sizes.shape(input.type()));
    } catch (GraphException e) {
      throw new BackendException(graph.name() + ": " + e.getMessage(), e);
    }
    return sizes;
  }

  /** The same with the tokens and rows of a part. */
  public static Bindings part(Bindings whole, Span span) {
    Map<String, Long> sizes = new TreeMap<>(whole.sizes());
    sizes.put(Batch.TOKENS, (long) span.size());
    sizes.put(Batch.ROWS, (long) span.rowCount());
    return new Bindings(sizes);
  }

  /** Whether a value has one row per token, or per wanted row. */
  public static boolean leadsWith(Value value, String symbol) {
    return !value.type().dims().isEmpty()
        && value.type().dims().getFirst() instanceof Dim.Symbol lead
        && lead.name().equals(symbol);
  }
}
