package dev.gatun.ffi;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what a native library has given and not got back. Thread-safe; one per library. */
public final class LiveHandles {
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

  public LiveHandles() {}

  /**
   * Takes over something native, whose destructor runs once, when the handle is closed.
   *
   * @param kind what it is, for people: {@code OrtSession}
   * @param address what the library gave
   * @throws IllegalArgumentException when it is NULL
   */
  public NativeHandle own(String kind, MemorySegment address, Consumer<MemorySegment> destructor) {
    if (address.address() == 0) {
      throw new IllegalArgumentException(kind + " is NULL");
    }
    AtomicLong count = counts.computeIfAbsent(kind, absent -> new AtomicLong());
    count.incrementAndGet();
    return new NativeHandle(kind, address, destructor, count);
  }

  /** How many handles are open. */
  public long total() {
    return counts.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /** How many are open of each kind that is. */
  public Map<String, Long> byKind() {
    Map<String, Long> open = new TreeMap<>();
    counts.forEach((kind, count) -> {
      if (count.get() != 0) {
        open.put(kind, count.get());
      }
    });
    return open;
  }
}
