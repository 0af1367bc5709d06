package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Copies that are done when the call returns, to and from any memory of the host. */
public final class Transfers {
  private Transfers() {}

  /** Copies to the host and waits. */
  public static void read(GpuQueue queue, GpuMemory source, long offset, MemorySegment target) {
    if (target.isNative()) {
      queue.read(source, offset, target);
      queue.fence().await();
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment copy = arena.allocate(Math.max(1, target.byteSize()), 8);
      queue.read(source, offset, copy.asSlice(0, target.byteSize()));
      queue.fence().await();
      MemorySegment.copy(copy, 0, target, 0, target.byteSize());
    }
  }

  /** Copies to the device and waits. */
  public static void write(GpuQueue queue, GpuMemory target, long offset, MemorySegment source) {
    if (source.isNative()) {
      queue.write(target, offset, source);
      queue.fence().await();
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment copy = arena.allocate(Math.max(1, source.byteSize()), 8);
      MemorySegment.copy(source, 0, copy, 0, source.byteSize());
      queue.write(target, offset, copy.asSlice(0, source.byteSize()));
      queue.fence().await();
    }
  }
}
