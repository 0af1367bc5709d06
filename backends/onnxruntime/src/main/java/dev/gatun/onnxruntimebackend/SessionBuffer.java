package dev.gatun.onnxruntimebackend;

import dev.gatun.os.HugePages;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Fence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Memory of a session for one value, at a multiple of 64 bytes. It lies elsewhere after it has
 * grown, and its content is lost then. Not thread-safe.
 */
final class SessionBuffer implements Buffer {
  private final String device;
  private Arena arena;
  private MemorySegment memory = MemorySegment.NULL;

  SessionBuffer(String device) {
    this.device = device;
  }

  MemorySegment memory() {
    return memory;
  }

  /** At least so many bytes. */
  MemorySegment atLeast(long bytes) {
    if (arena == null || memory.byteSize() < bytes) {
      close();
      Arena larger = Arena.ofShared();
      try {
        memory = HugePages.allocate(Math.max(64, bytes), larger);
      } catch (RuntimeException | Error e) {
        larger.close();
        throw e;
      }
      arena = larger;
    }
    return memory;
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public long size() {
    return memory.byteSize();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.of(memory);
  }

  @Override
  public Fence write(long offset, MemorySegment source) {
    MemorySegment target = atLeast(offset + source.byteSize());
    MemorySegment.copy(source, 0, target, offset, source.byteSize());
    return Fence.DONE;
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    MemorySegment.copy(memory, offset, target, 0, target.byteSize());
    return Fence.DONE;
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      memory = MemorySegment.NULL;
    }
  }
}
