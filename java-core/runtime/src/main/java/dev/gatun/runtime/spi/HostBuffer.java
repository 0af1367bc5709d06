package dev.gatun.runtime.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A {@link Buffer} in host memory, for CPUs and for passing values between slices. Copies are
 * immediate.
 */
public final class HostBuffer implements Buffer {
  private final String device;
  private final MemorySegment memory;
  private final Optional<Arena> owned;

  private HostBuffer(String device, MemorySegment memory, Optional<Arena> owned) {
    this.device = device;
    this.memory = memory;
    this.owned = owned;
  }

  /** Allocates zeroed memory, 64-byte aligned, that this buffer owns; any thread may use it. */
  public static HostBuffer allocate(String device, long bytes) {
    Arena arena = Arena.ofShared();
    return new HostBuffer(device, arena.allocate(Math.max(bytes, 1), 64), Optional.of(arena));
  }

  /** A view of memory that someone else owns. */
  public static HostBuffer of(String device, MemorySegment memory) {
    return new HostBuffer(device, memory, Optional.empty());
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
    MemorySegment.copy(source, 0, memory, offset, source.byteSize());
    return Fence.DONE;
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    MemorySegment.copy(memory, offset, target, 0, target.byteSize());
    return Fence.DONE;
  }

  @Override
  public void close() {
    owned.filter(arena -> arena.scope().isAlive()).ifPresent(Arena::close);
  }
}
