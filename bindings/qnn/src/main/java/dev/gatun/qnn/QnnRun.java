package dev.gatun.qnn;

import dev.gatun.qnn.generated.core.QnnGraph_ExecuteFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.Qnn_Tensor_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Inputs and outputs of runs of a finished graph. One thread at a time; runs allocate nothing. */
public final class QnnRun implements AutoCloseable {
  private final QnnContext context;
  private final MemorySegment graph;
  private final Arena arena;
  private final List<QnnTensor> inputs;
  private final MemorySegment inputArray;
  private final List<QnnTensor> outputs;
  private final MemorySegment outputArray;

  QnnRun(
      QnnContext context,
      MemorySegment graph,
      Arena arena,
      List<QnnTensor> inputs,
      MemorySegment inputArray,
      List<QnnTensor> outputs,
      MemorySegment outputArray) {
    this.context = context;
    this.graph = graph;
    this.arena = arena;
    this.inputs = List.copyOf(inputs);
    this.inputArray = inputArray;
    this.outputs = List.copyOf(outputs);
    this.outputArray = outputArray;
  }

  /**
   * Gives an input its memory, native and as long as the tensor; it is read by each run.
   *
   * @param index among the inputs
   */
  public void input(int index, MemorySegment memory) {
    Structures.data(Qnn_Tensor_t.asSlice(inputArray, index), memory, inputs.get(index).bytes());
  }

  /**
   * Gives an output its memory, native and as long as the tensor; it is written by each run.
   *
   * @param index among the outputs
   */
  public void output(int index, MemorySegment memory) {
    Structures.data(Qnn_Tensor_t.asSlice(outputArray, index), memory, outputs.get(index).bytes());
  }

  /** Gives an input shared memory of its own; it is read by each run. */
  public void input(int index, QnnMemory memory) {
    Structures.data(Qnn_Tensor_t.asSlice(inputArray, index), memory);
  }

  /** Gives an output shared memory of its own; it is written by each run. */
  public void output(int index, QnnMemory memory) {
    Structures.data(Qnn_Tensor_t.asSlice(outputArray, index), memory);
  }

  /** Runs the graph; returns when it is done. */
  public void execute() {
    execute(MemorySegment.NULL);
  }

  /**
   * The same, and measures.
   *
   * @param profile takes what is measured, instead of what it held
   */
  public void execute(QnnProfile profile) {
    execute(profile.handle());
  }

  private void execute(MemorySegment profile) {
    QnnStatus.check(
        "QnnGraph_execute",
        QnnGraph_ExecuteFn_t.invoke(
            QnnTable.graphExecute(context.qnn().table()),
            graph,
            inputArray,
            inputs.size(),
            outputArray,
            outputs.size(),
            profile,
            MemorySegment.NULL),
        context.messages().take());
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
