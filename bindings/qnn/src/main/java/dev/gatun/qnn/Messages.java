package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnLog_Callback_t;
import dev.gatun.qnn.generated.core.QnnLog_CreateFn_t;
import dev.gatun.qnn.generated.core.QnnLog_FreeFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The errors that a library tells: kept, the last ones, instead of written to standard output,
 * where the library would put them. Thread-safe: messages come from any thread.
 */
final class Messages implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Messages.class.getName());

  /** Threads of the library may be on their way out of the callback when a log is closed. */
  private static final Arena MEMORY = Arena.global();

  private static final int MOST = 8;
  private static final int LENGTH = 1024;

  private final Deque<String> last = new ArrayDeque<>();
  private final MethodHandle format;
  private final NativeHandle log;

  Messages(Qnn qnn) {
    Linker linker = Linker.nativeLinker();
    format =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("vsnprintf"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    MemorySegment callback = QnnLog_Callback_t.allocate(this::receive, MEMORY);
    MemorySegment out = MEMORY.allocate(ValueLayout.ADDRESS);
    QnnStatus.check(
        "QnnLog_create",
        QnnLog_CreateFn_t.invoke(
            QnnTable.logCreate(qnn.table()), callback, core_h.QNN_LOG_LEVEL_ERROR(), out));
    log =
        qnn.handles()
            .own(
                "QnnLog",
                Pointers.read(out),
                address ->
                    QnnStatus.check(
                        "QnnLog_free",
                        QnnLog_FreeFn_t.invoke(QnnTable.logFree(qnn.table()), address)));
  }

  MemorySegment handle() {
    return log.address();
  }

  private void receive(MemorySegment text, int level, long time, MemorySegment arguments) {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment buffer = own.allocate(LENGTH);
      int ignored = (int) format.invokeExact(buffer, (long) LENGTH, text, arguments);
      String message = buffer.getString(0).replace("<E>", "").strip().replaceAll("\\s+", " ");
      LOG.log(System.Logger.Level.DEBUG, message);
      synchronized (last) {
        last.addLast(message);
        if (last.size() > MOST) {
          last.removeFirst();
        }
      }
    } catch (Throwable e) {
      // Nothing may leave an upcall.
      LOG.log(System.Logger.Level.DEBUG, "a message of QNN's could not be read", e);
    }
  }

  /** The last messages, oldest first, and forgets them. */
  List<String> take() {
    synchronized (last) {
      List<String> taken = List.copyOf(last);
      last.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
