package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ReferenceCall;
import dev.gatun.graph.op.ReferenceState;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A node computed by its op's own scalar reference, in double precision, on values that lie in the
 * memory of a session. Slow, and right for every op and plain dtype.
 *
 * @param decoded slot of an {@code Array[]} per worker that keeps small constants decoded
 */
public record ReferenceOp(Node node, List<Place> inputs, List<Place> outputs, int decoded) {
  /** Constants up to this many elements are decoded once. */
  private static final int FEW = 1 << 20;

  /**
   * Where a value is.
   *
   * @param at null for a constant and for an absent input
   * @param constant null for what is computed
   */
  public record Place(Operand at, Tensor constant, DType dtype, List<Extent> dims) {
    public Place {
      dims = List.copyOf(dims);
    }

    Shape shape(Frame frame) {
      long[] sizes = new long[dims.size()];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = dims.get(i).of(frame);
      }
      return Shape.of(sizes);
    }

    Array read(Frame frame) {
      Shape shape = shape(frame);
      long bytes = dtype.byteSize(shape.elements());
      MemorySegment memory = at.segment(frame).asSlice(at.at(frame), bytes);
      return Array.of(new Tensor(dtype, shape, memory));
    }

    void write(Frame frame, Array result) {
      result.store(at.segment(frame), at.at(frame));
    }
  }

  public ReferenceOp {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Computes the results. */
  List<Array> compute(Frame frame, int worker, BiFunction<Graph, List<Array>, List<Array>> runner) {
    List<Array> arrays = new ArrayList<>();
    Array[] kept = (Array[]) frame.working(decoded, worker);
    for (int i = 0; i < inputs.size(); i++) {
      Place place = inputs.get(i);
      if (place.at() != null) {
        arrays.add(place.read(frame));
      } else if (place.constant() == null) {
        arrays.add(null);
      } else if (place.constant().shape().elements() > FEW) {
        arrays.add(Array.of(place.constant()));
      } else {
        kept[i] = kept[i] == null ? Array.of(place.constant()) : kept[i];
        arrays.add(kept[i]);
      }
    }
    try {
      return node.op().reference(new Call(frame, arrays, runner));
    } catch (GraphException e) {
      throw new GraphException("node '%s': %s".formatted(node.name(), e.getMessage()));
    }
  }

  /** Stores results whose shapes are known. */
  void store(Frame frame, List<Array> results) {
    for (int i = 0; i < outputs.size(); i++) {
      Shape expected = outputs.get(i).shape(frame);
      if (!expected.equals(results.get(i).shape())) {
        throw new GraphException(
            "node '%s' gave %s for output %d, not %s"
                .formatted(node.name(), results.get(i).shape(), i, expected));
      }
      outputs.get(i).write(frame, results.get(i));
    }
  }

  private record Call(
      Frame frame, List<Array> inputs, BiFunction<Graph, List<Array>, List<Array>> runner)
      implements ReferenceCall {
    @Override
    public long size(Dim dim) {
      long size = frame.size(dim);
      if (size < 0) {
        throw new GraphException("dimension '" + dim + "' has no size");
      }
      return size;
    }

    @Override
    public ReferenceState state(String name) {
      throw new GraphException("state '" + name + "' is kept by kernels");
    }

    @Override
    public List<Array> run(Graph subgraph, List<Array> arguments) {
      return runner.apply(subgraph, arguments);
    }
  }
}
