package dev.gatun.metal;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A queue whose work runs in order. Thread-safe. */
public final class MetalQueue implements AutoCloseable {
  /** {@code MTLCommandBufferStatusCompleted}. */
  private static final long COMPLETED = 4;

  private final Metal metal;
  private final NativeHandle queue;

  MetalQueue(Metal metal, NativeHandle queue) {
    this.metal = metal;
    this.queue = queue;
  }

  /** Three extents, each at least 1. */
  public record Size(long width, long height, long depth) {
    public Size {
      if (width < 1 || height < 1 || depth < 1) {
        throw new IllegalArgumentException("an extent of a dispatch is at least 1");
      }
    }

    private MemorySegment segment(Arena arena) {
      return arena.allocateFrom(ValueLayout.JAVA_LONG, width, height, depth);
    }
  }

  /** An argument of a kernel, by its index. */
  public sealed interface Argument {
    /** Memory, from an offset in bytes. */
    record Memory(MetalBuffer buffer, long offset) implements Argument {}

    /** Bytes that are copied; at most 4096, in native memory. */
    record Bytes(MemorySegment bytes) implements Argument {}
  }

  /**
   * Runs a kernel and waits for it.
   *
   * @param arguments at indices 0, 1, …
   * @throws NativeCallException when the device reports an error
   */
  public void run(MetalKernel kernel, List<Argument> arguments, Size groups, Size threadsPerGroup) {
    ObjectiveC runtime = metal.runtime();
    try (Arena arena = Arena.ofConfined();
        var _ = runtime.pool()) {
      MemorySegment commands = runtime.pointer(queue.address(), "commandBuffer");
      ObjectiveC.require("commandBuffer", commands, "the queue gives no command buffer");
      MemorySegment encoder = runtime.pointer(commands, "computeCommandEncoder");
      ObjectiveC.require("computeCommandEncoder", encoder, "no encoder");
      runtime.send(encoder, "setComputePipelineState:", kernel.address());
      for (int i = 0; i < arguments.size(); i++) {
        switch (arguments.get(i)) {
          case Argument.Memory(MetalBuffer buffer, long offset) ->
              runtime.send(encoder, "setBuffer:offset:atIndex:", buffer.address(), offset, i);
          case Argument.Bytes(MemorySegment bytes) ->
              runtime.send(encoder, "setBytes:length:atIndex:", bytes, bytes.byteSize(), i);
        }
      }
      runtime.sendSizes(
          encoder,
          "dispatchThreadgroups:threadsPerThreadgroup:",
          groups.segment(arena),
          threadsPerGroup.segment(arena));
      runtime.send(encoder, "endEncoding");
      runtime.send(commands, "commit");
      runtime.send(commands, "waitUntilCompleted");
      long status = runtime.number(commands, "status");
      if (status != COMPLETED) {
        throw new NativeCallException(
            "Metal", "commit", status, runtime.describe(runtime.pointer(commands, "error")));
      }
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    queue.close();
  }
}
