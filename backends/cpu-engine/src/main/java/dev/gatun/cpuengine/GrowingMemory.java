package dev.gatun.cpuengine;

import dev.gatun.cpuengine.weight.MemoryAccount;
import dev.gatun.os.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory of a session that grows when it is too small; its content is lost then. It counts against
 * the budget. Not thread-safe.
 */
final class GrowingMemory implements AutoCloseable {
  private final MemoryAccount account;
  private final String use;
  private Arena arena;
  private MemorySegment memory = MemorySegment.NULL;
  private long reserved;

  /**
   * @param use what it is for, for messages
   */
  GrowingMemory(MemoryAccount account, String use) {
    this.account = account;
    this.use = use;
  }

  /**
   * At least so many bytes, at a multiple of 64.
   *
   * @throws dev.gatun.runtime.spi.BackendException when the budget has no room
   */
  MemorySegment atLeast(long bytes) {
    if (arena == null || memory.byteSize() < bytes) {
      long size = Math.max(64, bytes);
      close();
      account.reserve(size, use);
      reserved = size;
      try {
        arena = Arena.ofShared();
        memory = HugePages.allocate(size, arena);
      } catch (RuntimeException | Error e) {
        account.release(size);
        arena = null;
        throw e;
      }
    }
    return memory;
  }

  MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    if (arena != null) {
      account.release(reserved);
      arena.close();
      arena = null;
      memory = MemorySegment.NULL;
    }
  }
}
