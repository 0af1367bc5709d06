package dev.gatun.models.arch;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A model's tensors by name, shapes checked, as constants of the graph. It remembers what was used:
 * a tensor that nothing reads means that the graph is not the model.
 */
final class Weights {
  private final ModelSource source;
  private final GraphBuilder graph;
  private final Map<String, Value> constants = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private long parameters;

  Weights(ModelSource source, GraphBuilder graph) {
    this.source = source;
    this.graph = graph;
  }

  boolean has(String name) {
    return source.info(name).isPresent();
  }

  /** Type and shape of a required tensor. */
  TensorInfo info(String name) {
    return source
        .info(name)
        .orElseThrow(
            () -> new ModelException("%s: tensor %s is missing".formatted(source.name(), name)));
  }

  /** A weight of this shape in its stored format. */
  Value matrix(String name, long... dims) {
    return constant(name, Shape.of(dims), false);
  }

  /** A vector of this length as F32, such as a bias or the scale of a norm. */
  Value vector(String name, long length) {
    return constant(name, Shape.of(length), true);
  }

  /** A small matrix of this shape as F32. */
  Value floatMatrix(String name, long... dims) {
    return constant(name, Shape.of(dims), true);
  }

  /** A matrix of one row; the file may have it as a vector. */
  Value singleRow(String name, long width) {
    Shape row = Shape.of(1, width);
    Shape stored = info(name).shape().rank() == 1 ? Shape.of(width) : row;
    return constants.computeIfAbsent(
        name, key -> graph.constant(key, load(key, stored).reshape(row)));
  }

  /** The decoded elements of a vector that is needed while the graph is built. */
  float[] floats(String name, long length) {
    return load(name, Shape.of(length)).toFloats();
  }

  /** Row {@code index} of a table as an F32 constant. */
  Value row(String name, long index, long width) {
    TensorInfo info = info(name);
    long rows = info.shape().rank() == 2 ? info.shape().dim(0) : 1;
    if (index >= rows) {
      throw misshaped(info, "[more than " + index + ", " + width + "]");
    }
    Shape shape = info.shape().rank() == 2 ? Shape.of(rows, width) : Shape.of(width);
    Tensor row = load(name, shape).row(index);
    return graph.constant(name, Tensor.ofFloats(Shape.of(width), row.toFloats()));
  }

  /** Leaves a tensor out on purpose. */
  void skip(String name) {
    used.add(name);
  }

  /** Elements of all tensors that were used. */
  long parameters() {
    return parameters;
  }

  /**
   * Refuses a model with tensors that nothing used.
   *
   * @param ignored names that may stay unused
   */
  void requireAllUsed(String architecture, Predicate<String> ignored) {
    for (String name : source.tensorNames()) {
      if (!used.contains(name) && !ignored.test(name)) {
        throw new UnsupportedModelException(
            "%s: architecture %s as built here does not use tensor %s: a variant that is not supported"
                .formatted(source.name(), architecture, name));
      }
    }
  }

  private Value constant(String name, Shape shape, boolean asFloats) {
    Value known = constants.get(name);
    if (known != null) {
      return known;
    }
    Tensor data = load(name, shape);
    if (asFloats && data.dtype() != DType.F32) {
      data = Tensor.ofFloats(shape, data.toFloats());
    }
    Value value = graph.constant(name, data);
    constants.put(name, value);
    return value;
  }

  private Tensor load(String name, Shape shape) {
    TensorInfo info = info(name);
    if (!info.shape().equals(shape)) {
      throw misshaped(info, shape.toString());
    }
    DType dtype = info.dtype();
    if (!dtype.isFloat() && !dtype.isBlocked()) {
      throw new ModelException(
          "%s: tensor %s is %s, not a weight format".formatted(source.name(), name, dtype));
    }
    if (used.add(name)) {
      parameters += shape.elements();
    }
    return source
        .tensor(name)
        .orElseThrow(
            () -> new ModelException("%s: tensor %s has no data".formatted(source.name(), name)));
  }

  private ModelException misshaped(TensorInfo info, String expected) {
    return new ModelException(
        "%s: tensor %s is %s; the metadata ask for %s"
            .formatted(source.name(), info.name(), info.shape(), expected));
  }
}
