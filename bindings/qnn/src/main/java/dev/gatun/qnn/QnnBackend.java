package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnContext_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnContext_FreeFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An open backend of QNN. */
public final class QnnBackend implements AutoCloseable {
  private final Qnn qnn;
  private final NativeHandle backend;

  QnnBackend(Qnn qnn, NativeHandle backend) {
    this.qnn = qnn;
    this.backend = backend;
  }

  /** A context on the backend's default device. */
  public QnnContext newContext() {
    MemorySegment table = qnn.table();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      QnnStatus.check(
          "QnnContext_create",
          QnnContext_CreateFn_t.invoke(
              QnnTable.contextCreate(table),
              backend.address(),
              MemorySegment.NULL,
              MemorySegment.NULL,
              out));
      return new QnnContext(
          qnn,
          qnn.handles()
              .own(
                  "QnnContext",
                  Pointers.read(out),
                  address ->
                      QnnStatus.check(
                          "QnnContext_free",
                          QnnContext_FreeFn_t.invoke(
                              QnnTable.contextFree(table), address, MemorySegment.NULL))));
    }
  }

  /** Idempotent; after its contexts. */
  @Override
  public void close() {
    backend.close();
  }
}
