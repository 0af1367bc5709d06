package dev.gatun.engine.compiled;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory that grows; its content is lost when it does. */
public final class Staging implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private Arena arena = Arena.ofShared();
  private MemorySegment memory = arena.allocate(ALIGNMENT, ALIGNMENT);

  public Staging() {}

  /** At least so many bytes, aligned for any kernel. */
  public MemorySegment room(long bytes) {
    if (memory.byteSize() < bytes) {
      Arena larger = Arena.ofShared();
      memory = larger.allocate(Math.max(bytes, 2 * memory.byteSize()), ALIGNMENT);
      arena.close();
      arena = larger;
    }
    return memory;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
