package dev.gatun.onnxruntimebackend;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Runs a batch of several sequences as one run per sequence, because the model holds the state of
 * one; results are put where the whole batch would have had them.
 */
final class SequenceSplit implements AutoCloseable {
  private final List<Slot> inputs;
  private final List<Slot> outputs;
  private final SessionBuffer[] given;
  private final Batch part;
  private final int[] tokens;
  private final int[] rows;
  private final boolean[] done;
  private final SessionBuffer[] whole;

  /**
   * @param capacity most tokens of a batch
   */
  SequenceSplit(List<Slot> inputs, List<Slot> outputs, String device, int capacity, int sequences) {
    this.inputs = inputs;
    this.outputs = outputs;
    given = new SessionBuffer[inputs.size()];
    for (int i = 0; i < given.length; i++) {
      given[i] = new SessionBuffer(device);
    }
    part = new Batch(capacity);
    tokens = new int[capacity];
    rows = new int[capacity];
    done = new boolean[sequences];
    whole = new SessionBuffer[outputs.size()];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = new SessionBuffer(device);
    }
  }

  /** The only sequence of a batch; negative when there are several. */
  static int only(Batch batch) {
    int sequence = batch.sequence(0);
    for (int i = 1; i < batch.size(); i++) {
      if (batch.sequence(i) != sequence) {
        return -1;
      }
    }
    return sequence;
  }

  /**
   * Runs each sequence's part.
   *
   * @param run runs {@link #part} for a sequence
   */
  void run(Batch batch, IntConsumer run) {
    for (Slot output : outputs) {
      if (!output.leadBy(Batch.TOKENS) && !output.leadBy(Batch.ROWS)) {
        throw new BackendException(
            "'%s' is %s, which cannot be put together from the runs of several sequences; open a session for each"
                .formatted(output.value.name(), output.value.type()));
      }
    }
    java.util.Arrays.fill(done, false);
    for (int i = 0; i < batch.size(); i++) {
      int sequence = batch.sequence(i);
      if (!done[sequence]) {
        done[sequence] = true;
        gather(batch, i, sequence);
        run.accept(sequence);
        scatter(batch);
      }
    }
    finish(batch);
  }

  Batch part() {
    return part;
  }

  private void gather(Batch batch, int from, int sequence) {
    part.clear();
    batch.tensors().forEach(part::set);
    int row = 0;
    for (int i = 0; i < batch.size(); i++) {
      boolean wanted = row < batch.rowCount() && batch.row(row) == i;
      if (i >= from && batch.sequence(i) == sequence) {
        tokens[part.size()] = i;
        if (wanted) {
          rows[part.rowCount()] = row;
        }
        part.add(batch.token(i), batch.position(i), sequence, wanted);
      }
      row += wanted ? 1 : 0;
    }
    for (int i = 0; i < given.length; i++) {
      Tensor tensor = batch.tensor(inputs.get(i).value.name());
      if (tensor != null) {
        part.set(inputs.get(i).value.name(), gather(inputs.get(i), tensor, given[i]));
      }
    }
  }

  /** The part's rows of a tensor that has one per token or per row wanted; else the tensor. */
  private Tensor gather(Slot input, Tensor tensor, SessionBuffer target) {
    boolean perRow = input.leadBy(Batch.ROWS);
    if (!perRow && !input.leadBy(Batch.TOKENS)) {
      return tensor;
    }
    int count = perRow ? part.rowCount() : part.size();
    long[] dims = tensor.shape().toArray();
    long rowBytes = dims[0] == 0 ? 0 : tensor.data().byteSize() / dims[0];
    MemorySegment memory = target.atLeast(count * rowBytes);
    for (int i = 0; i < count; i++) {
      long from = (perRow ? rows[i] : tokens[i]) * rowBytes;
      MemorySegment.copy(tensor.data(), from, memory, i * rowBytes, rowBytes);
    }
    dims[0] = count;
    return new Tensor(tensor.dtype(), Shape.of(dims), memory.asSlice(0, count * rowBytes));
  }

  private void scatter(Batch batch) {
    for (int o = 0; o < whole.length; o++) {
      Slot output = outputs.get(o);
      boolean perRow = output.leadBy(Batch.ROWS);
      int count = perRow ? part.rowCount() : part.size();
      if (count == 0) {
        continue;
      }
      long rowBytes = output.bytes() / count;
      int all = perRow ? batch.rowCount() : batch.size();
      MemorySegment target = whole[o].atLeast(all * rowBytes);
      for (int i = 0; i < count; i++) {
        long at = (perRow ? rows[i] : tokens[i]) * rowBytes;
        MemorySegment.copy(output.memory(), i * rowBytes, target, at, rowBytes);
      }
    }
  }

  private void finish(Batch batch) {
    for (int o = 0; o < whole.length; o++) {
      Slot output = outputs.get(o);
      output.dims[0] = output.leadBy(Batch.ROWS) ? batch.rowCount() : batch.size();
      long bytes = output.bytes();
      if (bytes > 0) {
        MemorySegment.copy(whole[o].memory(), 0, output.memory(), 0, bytes);
      }
    }
  }

  @Override
  public void close() {
    for (SessionBuffer buffer : whole) {
      buffer.close();
    }
    for (SessionBuffer buffer : given) {
      buffer.close();
    }
  }
}
