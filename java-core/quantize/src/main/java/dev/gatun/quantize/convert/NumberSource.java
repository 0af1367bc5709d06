package dev.gatun.quantize.convert;

import dev.gatun.graph.ModelSource.TensorInfo;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Tensors by name, read as single-precision rows, whatever they are stored as. Thread-safe.
 *
 * <p>A vector is one row.
 */
interface NumberSource {
  /** Names, in the order in which a conversion goes through them. */
  Set<String> names();

  /** Type and shape as the tensor counts: of a packed one, those of its numbers. */
  Optional<TensorInfo> info(String name);

  /** Calls {@code action} with the rows of a tensor; they are readable during the call only. */
  void withRows(String name, RowAction action) throws IOException;

  /** What is done with the rows of a tensor. */
  interface RowAction {
    void run(Rows rows) throws IOException;
  }

  /** The numbers of one tensor. */
  interface Rows {
    /**
     * Reads {@code count} consecutive numbers from the {@code from}-th, in row-major order; both
     * are whole blocks of the tensor's type.
     */
    void read(long from, int count, float[] dst, int dstOffset);
  }
}
