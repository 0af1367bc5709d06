package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnGraph_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A context, which owns its graphs and their tensors. One thread at a time. */
public final class QnnContext implements AutoCloseable {
  private final Qnn qnn;
  private final NativeHandle context;
  private final Arena arena = Arena.ofShared();

  QnnContext(Qnn qnn, NativeHandle context) {
    this.qnn = qnn;
    this.context = context;
  }

  Qnn qnn() {
    return qnn;
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
