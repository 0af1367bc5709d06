package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnContext_GetBinaryFn_t;
import dev.gatun.qnn.generated.core.QnnContext_GetBinarySizeFn_t;
import dev.gatun.qnn.generated.core.QnnGraph_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnGraph_RetrieveFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/** A context, which owns its graphs and their tensors. One thread at a time. */
public final class QnnContext implements AutoCloseable {
  private final Qnn qnn;
  private final Messages messages;
  private final NativeHandle context;
  private final Arena arena = Arena.ofShared();

  QnnContext(Qnn qnn, Messages messages, NativeHandle context) {
    this.qnn = qnn;
    this.messages = messages;
    this.context = context;
  }

  Qnn qnn() {
    return qnn;
  }

  Messages messages() {
    return messages;
  }

  /** Memory that lives as long as the context. */
  Arena arena() {
    return arena;
  }

  /** An empty graph; it lives as long as the context. */
  public QnnGraph newGraph(String name) {
    MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
    QnnStatus.check(
        "QnnGraph_create",
        QnnGraph_CreateFn_t.invoke(
            QnnTable.graphCreate(qnn.table()),
            context.address(),
            Pointers.text(name, arena),
            MemorySegment.NULL,
            out));
    return new QnnGraph(this, Pointers.read(out));
  }

  /**
   * A finished graph of a context that was made from a binary.
   *
   * @param tensors its inputs and outputs, with the numbers that they had when it was built
   */
  public QnnGraph graph(String name, Map<QnnTensor, Integer> tensors) {
    MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
    QnnStatus.check(
        "QnnGraph_retrieve " + name,
        QnnGraph_RetrieveFn_t.invoke(
            QnnTable.graphRetrieve(qnn.table()),
            context.address(),
            Pointers.text(name, arena),
            out));
    QnnGraph graph = new QnnGraph(this, Pointers.read(out));
    tensors.forEach(graph::known);
    return graph;
  }

  /**
   * The finished graphs as bytes, for {@link QnnBackend#newContext(MemorySegment)} of the same
   * build of the library.
   *
   * @param arena where they are allocated
   */
  public MemorySegment binary(Arena arena) {
    MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    QnnStatus.check(
        "QnnContext_getBinarySize",
        QnnContext_GetBinarySizeFn_t.invoke(
            QnnTable.contextGetBinarySize(qnn.table()), context.address(), size));
    long bytes = size.get(ValueLayout.JAVA_LONG, 0);
    MemorySegment binary = arena.allocate(bytes, Long.BYTES);
    QnnStatus.check(
        "QnnContext_getBinary",
        QnnContext_GetBinaryFn_t.invoke(
            QnnTable.contextGetBinary(qnn.table()), context.address(), binary, bytes, size));
    return binary.asSlice(0, size.get(ValueLayout.JAVA_LONG, 0));
  }

  /**
   * Tells the context of shared memory, as that of an input or output of its graphs.
   *
   * @param buffer exactly as long as the tensor; it must outlive the result
   * @throws dev.gatun.ffi.NativeCallException when the library takes none
   */
  public QnnMemory share(QnnTensor tensor, RpcMemory.Buffer buffer) {
    return QnnMemory.register(this, context.address(), tensor, buffer);
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (context.isOpen()) {
      try {
        context.close();
      } finally {
        arena.close();
      }
    }
  }
}
