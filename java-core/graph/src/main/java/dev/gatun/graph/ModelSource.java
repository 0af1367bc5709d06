package dev.gatun.graph;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Objects;
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

  /**
   * A view of some rows of a tensor that lives as long as {@code arena}. A format that maps its
   * file maps these rows alone, so that tensors of any size can be read in little memory.
   *
   * @param first the first row; rows are counted over all dimensions but the innermost
   * @return a tensor of shape {@code [count, row length]}
   * @throws IllegalArgumentException when there is no such tensor
   * @throws IndexOutOfBoundsException when there are no such rows
   */
  default Tensor rows(String tensor, long first, long count, Arena arena) {
    Tensor whole =
        tensor(tensor)
            .orElseThrow(
                () -> new IllegalArgumentException("no tensor '" + tensor + "' in " + name()));
    Objects.checkFromIndexSize(first, count, whole.rows());
    long bytes = whole.rowBytes();
    return new Tensor(
        whole.dtype(),
        Shape.of(count, whole.shape().rowLength()),
        whole.data().asSlice(first * bytes, count * bytes));
  }

  @Override
  void close();
}
