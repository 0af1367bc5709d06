package dev.gatun.testkit.device;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * The inputs of one submission: sizes at once, contents when they are asked for. The batch's token
 * arrays are copied, its tensors and the buffers are borrowed.
 */
final class Inputs {
  private final Graph graph;
  private final Map<String, Array> given = new HashMap<>();
  private final Bindings sizes = new Bindings();

  /**
   * @throws BackendException when an input does not fit or a size is unknown, naming it
   */
  Inputs(Graph graph, Batch batch) {
    this.graph = graph;
    if (batch.size() > 0) {
      sizes.putIfAbsent(
          Map.of(Batch.TOKENS, (long) batch.size(), Batch.ROWS, (long) batch.rowCount()));
    }
    List<Shape> shapes = new ArrayList<>();
    for (Value input : graph.inputs()) {
      Array array = fromBatch(input, batch);
      if (array != null) {
        if (array.dtype() != input.type().dtype()) {
          throw new BackendException("input '%s' was given %s".formatted(input, array.dtype()));
        }
        given.put(input.name(), array);
      }
      shapes.add(array == null ? null : array.shape());
    }
    try {
      sizes.bind(graph.inputs(), shapes);
      graph.inputs().forEach(input -> sizes.shape(input.type()));
    } catch (GraphException e) {
      throw new BackendException(graph.name() + ": " + e.getMessage(), e);
    }
  }

  /** Sizes of all symbols of the inputs. */
  Bindings sizes() {
    return sizes;
  }

  /** All inputs by name; those that the batch did not give are read from their buffers. */
  Map<String, Array> read(Function<Value, Buffer> buffers) {
    Map<String, Array> all = new HashMap<>();
    for (Value input : graph.inputs()) {
      Array array = given.get(input.name());
      all.put(
          input.name(),
          array == null
              ? Transfer.load(input, sizes.shape(input.type()), buffers.apply(input))
              : array);
    }
    return all;
  }

  private static Array fromBatch(Value input, Batch batch) {
    Tensor tensor = batch.tensors().get(input.name());
    if (tensor != null) {
      return Array.of(tensor);
    }
    if (batch.size() == 0) {
      return null;
    }
    return switch (input.name()) {
      case Batch.TOKENS -> ints(batch.size(), batch::token);
      case Batch.POSITIONS -> ints(batch.size(), batch::position);
      case Batch.SEQUENCES -> ints(batch.size(), batch::sequence);
      case Batch.ROWS -> ints(batch.rowCount(), batch::row);
      default -> null;
    };
  }

  private static Array ints(int count, IntUnaryOperator element) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = element.applyAsInt(i);
    }
    return new Array(DType.I32, Shape.of(count), values);
  }
}
