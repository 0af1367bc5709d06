package dev.gatun.runtime.session;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Sizes of a graph's symbols under a batch, and the checks of its tensors. */
final class BatchSizes {
  private BatchSizes() {}

  /** Adds the sizes that one input of the graph fixes. */
  static void add(Value input, Batch batch, Map<String, Long> sizes) {
    Tensor tensor = batch.tensors().get(input.name());
    if (tensor != null) {
      checkTensor(input, tensor, sizes);
      return;
    }
    // Another input is filled through its buffer: others fix its symbols.
    if (Batch.feeds(input)) {
      boolean rows = input.name().equals(Batch.ROWS);
      sizes.put(rows ? Batch.ROWS : Batch.TOKENS, (long) (rows ? batch.rowCount() : batch.size()));
    }
  }

  /**
   * The sizes, with those of symbols that stand only in multiples and sums.
   *
   * @throws IllegalArgumentException when a tensor's extent is no such multiple
   */
  static Map<String, Long> solved(Graph graph, Batch batch, Map<String, Long> sizes) {
    List<Value> open =
        graph.inputs().stream()
            .filter(input -> batch.tensor(input.name()) != null)
            .filter(input -> input.type().dims().stream().anyMatch(Dim.Affine.class::isInstance))
            .toList();
    if (open.isEmpty()) {
      return sizes;
    }
    Bindings bindings = new Bindings(sizes);
    try {
      bindings.bind(open, open.stream().map(input -> batch.tensor(input.name()).shape()).toList());
    } catch (GraphException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return bindings.sizes();
  }

  /**
   * Checks every tensor of a batch against the graph's inputs.
   *
   * @throws IllegalArgumentException naming the input
   */
  static void checkTensors(Graph graph, Batch batch, Map<String, Long> sizes) {
    for (String name : batch.tensors().keySet()) {
      if (graph.inputs().stream().noneMatch(input -> input.name().equals(name))) {
        throw new IllegalArgumentException(
            "no input '%s'; the inputs are %s"
                .formatted(name, graph.inputs().stream().map(Value::name).toList()));
      }
    }
    graph.inputs().forEach(input -> add(input, batch, sizes));
    solved(graph, batch, sizes);
  }

  private static void checkTensor(Value input, Tensor tensor, Map<String, Long> sizes) {
    boolean fits =
        tensor.dtype() == input.type().dtype() && tensor.shape().rank() == input.type().rank();
    for (int axis = 0; fits && axis < input.type().rank(); axis++) {
      long extent = tensor.shape().dim(axis);
      switch (input.type().dim(axis)) {
        case Dim.Fixed(long size) -> fits = size == extent;
        case Dim.Symbol symbol -> {
          Long known = sizes.putIfAbsent(symbol.name(), extent);
          fits =
              extent >= symbol.min()
                  && extent <= symbol.max()
                  && (known == null || known == extent);
        }
        case Dim.Affine _ -> {
          // Its symbols are fixed by other inputs, or solved for afterwards.
        }
      }
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "input '%s' takes %s, not %s %s"
              .formatted(input.name(), input.type(), tensor.dtype(), tensor.shape()));
    }
  }
}
