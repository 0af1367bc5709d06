package dev.gatun.qnnbackend;

import dev.gatun.qnn.Qnn;
import dev.gatun.qnn.QnnBackend;
import dev.gatun.qnn.RpcMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The libraries of a runtime, each opened once. Thread-safe. */
final class SharedQnn implements AutoCloseable {
  private final Map<String, Opened> opened = new LinkedHashMap<>();

  /** A library and its backend. */
  record Opened(Qnn library, QnnBackend backend) {}

  private Optional<RpcMemory> memory = Optional.empty();

  /**
   * Memory that is shared with the NPU.
   *
   * @throws UnsatisfiedLinkError with what was tried, when its library is not there
   */
  synchronized RpcMemory memory() {
    if (memory.isEmpty()) {
      memory = Optional.of(RpcMemory.load());
    }
    return memory.get();
  }

  /**
   * The backend of a library, opened when it is first asked for.
   *
   * @throws dev.gatun.ffi.NativeCallException when it does not open
   */
  synchronized Opened open(Qnn library) {
    Opened known = opened.get(library.place());
    if (known == null) {
      known = new Opened(library, library.open());
      opened.put(library.place(), known);
    }
    return known;
  }

  /** Handles that are open, beside the backends. */
  synchronized long handles() {
    return opened.values().stream().mapToLong(each -> each.library().handles().total() - 1).sum();
  }

  @Override
  public synchronized void close() {
    opened.values().forEach(each -> each.backend().close());
    opened.clear();
  }
}
