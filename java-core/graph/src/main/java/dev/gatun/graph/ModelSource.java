package dev.gatun.graph;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Optional;
import java.util.Set;

/**
 * A model as its file has it: metadata, and tensors by name. Formats implement it; architectures
 * turn it into a {@link Graph}.
 *
 * <p>Thread-safe. Tensors are views of the mapped file and die with {@link #close()}, which is
 * idempotent.
 */
public interface ModelSource extends AutoCloseable {
  /** What a tensor looks like, without its data. */
  record TensorInfo(String name, DType dtype, Shape shape) {}

  /** Name for messages: usually the file's name. */
  String name();

  Metadata metadata();

  /** Names of all tensors, in file order. */
  Set<String> tensorNames();

  /** Type and shape of a tensor. */
  Optional<TensorInfo> info(String tensor);

  /** A read-only view of a tensor's data. */
  Optional<Tensor> tensor(String tensor);

  @Override
  void close();
}
