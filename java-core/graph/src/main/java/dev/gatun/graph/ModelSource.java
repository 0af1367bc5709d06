package dev.gatun.graph;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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

  /**
   * Calls {@code action} with a view of a tensor's data that is valid only during the call. A
   * format that maps its file uses a mapping of this tensor alone and removes it afterwards, so
   * that data that is read once, to be packed anew, does not stay resident. Other threads may read
   * the view during the call.
   *
   * @throws IllegalArgumentException when there is no such tensor
   */
  default void withTensor(String tensor, Consumer<Tensor> action) {
    Tensor view =
        tensor(tensor)
            .orElseThrow(
                () -> new IllegalArgumentException("no tensor '" + tensor + "' in " + name()));
    action.accept(view);
  }

  @Override
  void close();
}
