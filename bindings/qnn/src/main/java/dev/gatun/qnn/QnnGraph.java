package dev.gatun.qnn;

import dev.gatun.qnn.generated.core.QnnGraph_AddNodeFn_t;
import dev.gatun.qnn.generated.core.QnnGraph_FinalizeFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.QnnTensor_CreateGraphTensorFn_t;
import dev.gatun.qnn.generated.core.Qnn_TensorV1_t;
import dev.gatun.qnn.generated.core.Qnn_Tensor_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph: tensors and nodes, then finished, then executed. One thread at a time. */
public final class QnnGraph {
  private final QnnContext context;
  private final MemorySegment graph;
  private final Map<String, MemorySegment> declared = new HashMap<>();

  QnnGraph(QnnContext context, MemorySegment graph) {
    this.context = context;
    this.graph = graph;
  }

  /** Declares a tensor, so that {@link #id} knows it: those of operators are declared with them. */
  public void declare(QnnTensor tensor) {
    declared(tensor);
  }

  private MemorySegment declared(QnnTensor tensor) {
    MemorySegment known = declared.get(tensor.name());
    if (known != null) {
      return known;
    }
    MemorySegment made = Structures.filled(tensor, context.arena());
    QnnStatus.check(
        "QnnTensor_createGraphTensor " + tensor.name(),
        QnnTensor_CreateGraphTensorFn_t.invoke(
            QnnTable.tensorCreateGraphTensor(context.qnn().table()), graph, made),
        context.messages().take());
    declared.put(tensor.name(), made);
    return made;
  }

  /** The number that the graph gave to a tensor. */
  public int id(QnnTensor tensor) {
    return Qnn_TensorV1_t.id(Qnn_Tensor_t.v1(declared(tensor)));
  }

  /** A tensor of a graph that came finished out of a context's binary. */
  void known(QnnTensor tensor, int id) {
    MemorySegment made = Structures.tensor(tensor, context.arena());
    Qnn_TensorV1_t.id(Qnn_Tensor_t.v1(made), id);
    declared.put(tensor.name(), made);
  }

  /** Adds an operator, and those of its tensors that are new. */
  public void add(QnnOp op) {
    MemorySegment config = Structures.op(op, this::declared, context.arena());
    QnnStatus.check(
        "QnnGraph_addNode %s (%s)".formatted(op.name(), op.type()),
        QnnGraph_AddNodeFn_t.invoke(QnnTable.graphAddNode(context.qnn().table()), graph, config),
        context.messages().take());
  }

  /** Compiles the graph; nothing can be added afterwards. */
  public void finish() {
    QnnStatus.check(
        "QnnGraph_finalize",
        QnnGraph_FinalizeFn_t.invoke(
            QnnTable.graphFinalize(context.qnn().table()),
            graph,
            MemorySegment.NULL,
            MemorySegment.NULL),
        context.messages().take());
  }

  /** Prepares to run the finished graph, with all its inputs and outputs. */
  public QnnRun newRun(List<QnnTensor> inputs, List<QnnTensor> outputs) {
    Arena arena = Arena.ofShared();
    return new QnnRun(
        context,
        graph,
        arena,
        inputs,
        Structures.array(inputs, this::declared, arena),
        outputs,
        Structures.array(outputs, this::declared, arena));
  }
}
