package dev.gatun.engine.batch;

import dev.gatun.engine.size.Extents;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** Fills a session's inputs from a batch, and learns the sizes of symbols from it. */
public final class BatchReader {
  private static final int[] NO_SYMBOLS = {};

  private final List<Value> inputs;
  private final int[][] symbols;
  private final Extents extents;
  private final Memory memory;
  private final long[] sizes;
  private final int tokens;
  private final int rows;

  /** Where inputs go. */
  @FunctionalInterface
  public interface Memory {
    /** The memory of an input, for a content of so many bytes; it may be shorter. */
    MemorySegment of(Value input, long bytes);
  }

  /**
   * @param inputs of the graph
   * @param memory where an input's content goes
   * @param sizes by symbol index; filled by {@link #read}
   */
  public BatchReader(List<Value> inputs, Extents extents, Memory memory, long[] sizes) {
    this.inputs = inputs;
    this.extents = extents;
    this.memory = memory;
    this.sizes = sizes;
    tokens = symbol(extents.symbols(), Batch.TOKENS);
    rows = symbol(extents.symbols(), Batch.ROWS);
    symbols = new int[inputs.size()][];
    for (int i = 0; i < symbols.length; i++) {
      List<Dim> dims = inputs.get(i).type().dims();
      symbols[i] = dims.isEmpty() ? NO_SYMBOLS : new int[dims.size()];
      for (int d = 0; d < dims.size(); d++) {
        symbols[i][d] = dims.get(d) instanceof Dim.Symbol s ? extents.symbol(s) : -1;
      }
    }
  }

  /**
   * Copies the batch's numbers and tensors to their memory.
   *
   * @throws BackendException when they contradict the inputs' types or do not fit
   */
  public void read(Batch batch) {
    Arrays.fill(sizes, -1);
    for (int i = 0; i < inputs.size(); i++) {
      Value input = inputs.get(i);
      Tensor tensor = batch.tensor(input.name());
      if (tensor != null) {
        read(i, input, tensor);
        continue;
      }
      if (Batch.feeds(input)) {
        numbers(i, batch, input.name().equals(Batch.ROWS) ? batch.rowCount() : batch.size());
      }
    }
    for (int i = 0; i < inputs.size(); i++) {
      Tensor tensor = batch.tensor(inputs.get(i).name());
      if (tensor != null) {
        affine(inputs.get(i), tensor);
      }
    }
    // A slice from the middle of a graph has the batch's sizes without its numbers.
    if (tokens >= 0 && sizes[tokens] < 0) {
      sizes[tokens] = batch.size();
    }
    if (rows >= 0 && sizes[rows] < 0) {
      sizes[rows] = batch.rowCount();
    }
  }

  private static int symbol(List<Dim.Symbol> symbols, String name) {
    for (int i = 0; i < symbols.size(); i++) {
      if (symbols.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private void size(int input, int axis, long size) {
    int symbol = symbols[input][axis];
    if (symbol < 0) {
      if (inputs.get(input).type().dim(axis) instanceof Dim.Fixed(long fixed) && fixed != size) {
        throw mismatch(input, axis, fixed, size);
      }
      return;
    }
    if (sizes[symbol] >= 0 && sizes[symbol] != size) {
      throw mismatch(input, axis, sizes[symbol], size);
    }
    sizes[symbol] = size;
  }

  /** Finds the symbols that stand only in sums, and checks the sums. */
  private void affine(Value input, Tensor tensor) {
    List<Dim> dims = input.type().dims();
    for (int axis = 0; axis < dims.size(); axis++) {
      if (dims.get(axis) instanceof Dim.Affine affine) {
        long size = tensor.shape().dim(axis);
        solve(affine, size);
        if (extents.resolve(affine, sizes) != size) {
          throw new BackendException(
              "input '%s' has %d elements along axis %d, which is not %s for any size"
                  .formatted(input.name(), size, axis, affine));
        }
      }
    }
  }

  private void solve(Dim.Affine affine, long size) {
    if (affine.terms().size() == 1 && affine.divisor() == 1) {
      Dim.Term term = affine.terms().getFirst();
      int symbol = extents.symbol(term.symbol());
      if (sizes[symbol] < 0) {
        sizes[symbol] = Math.floorDiv(size - affine.constant(), term.factor());
      }
    }
  }

  private BackendException mismatch(int input, int axis, long expected, long size) {
    return new BackendException(
        "input '%s' has %d elements along axis %d, not %d"
            .formatted(inputs.get(input).name(), size, axis, expected));
  }

  private void read(int index, Value input, Tensor tensor) {
    if (tensor.dtype() != input.type().dtype() || tensor.shape().rank() != input.type().rank()) {
      throw new BackendException(
          "input '%s' is %s, and was given %s %s"
              .formatted(input.name(), input.type(), tensor.dtype(), tensor.shape()));
    }
    for (int axis = 0; axis < input.type().rank(); axis++) {
      size(index, axis, tensor.shape().dim(axis));
    }
    MemorySegment target = memory.of(input, tensor.data().byteSize());
    if (tensor.data().byteSize() > target.byteSize()) {
      throw new BackendException(
          "input '%s' of shape %s is larger than the session was opened for"
              .formatted(input.name(), tensor.shape()));
    }
    MemorySegment.copy(tensor.data(), 0, target, 0, tensor.data().byteSize());
  }

  private void numbers(int index, Batch batch, int count) {
    Value input = inputs.get(index);
    size(index, 0, count);
    MemorySegment target = memory.of(input, 4L * count);
    if (4L * count > target.byteSize()) {
      throw new BackendException(
          "%d %s, and the session was opened for %d"
              .formatted(count, input.name(), target.byteSize() / 4));
    }
    for (int i = 0; i < count; i++) {
      int number =
          switch (input.name()) {
            case Batch.TOKENS -> batch.token(i);
            case Batch.POSITIONS -> batch.position(i);
            case Batch.SEQUENCES -> batch.sequence(i);
            default -> batch.row(i);
          };
      target.set(ValueLayout.JAVA_INT, 4L * i, number);
    }
  }
}
