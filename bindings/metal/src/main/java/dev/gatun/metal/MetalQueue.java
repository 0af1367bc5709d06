package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A queue whose command buffers run in the order in which they are committed. One thread at a time
 * fills command buffers of a queue.
 */
public final class MetalQueue implements AutoCloseable {
  private final Metal metal;
  private final NativeHandle queue;
  private final ByValue room = new ByValue(Arena.ofAuto());

  /** Room for what is passed by value. */
  record ByValue(MemorySegment groups, MemorySegment threads, MemorySegment range) {
    ByValue(Arena arena) {
      this(
          arena.allocate(Message.SIZE),
          arena.allocate(Message.SIZE),
          arena.allocate(Message.RANGE));
    }

    /** A grid, or the threads of a group. */
    static MemorySegment size(MemorySegment target, long x, long y, long z) {
      target.setAtIndex(ValueLayout.JAVA_LONG, 0, x);
      target.setAtIndex(ValueLayout.JAVA_LONG, 1, y);
      target.setAtIndex(ValueLayout.JAVA_LONG, 2, z);
      return target;
    }

    MemorySegment range(long from, long length) {
      range.setAtIndex(ValueLayout.JAVA_LONG, 0, from);
      range.setAtIndex(ValueLayout.JAVA_LONG, 1, length);
      return range;
    }
  }

  MetalQueue(Metal metal, NativeHandle queue) {
    this.metal = metal;
    this.queue = queue;
  }

  /** A new command buffer, to be filled, committed and closed. Waits while 64 are not done. */
  public MetalCommands newCommands() {
    ObjectiveC runtime = metal.runtime();
    try (var _ = runtime.pool()) {
      MemorySegment commands = runtime.pointer(queue.address(), "commandBuffer");
      ObjectiveC.require("commandBuffer", commands, "the queue gives no command buffer");
      return new MetalCommands(runtime, runtime.retain("MTLCommandBuffer", commands), room);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    queue.close();
  }
}
