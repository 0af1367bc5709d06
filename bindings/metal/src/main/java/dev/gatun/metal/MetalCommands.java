package dev.gatun.metal;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.metal.MetalQueue.ByValue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A command buffer: dispatches, copies and fills that run in order once it is committed, each
 * seeing what those before it wrote. One thread at a time; after {@link #commit} any thread may
 * wait.
 */
public final class MetalCommands implements AutoCloseable {
  /** Most bytes that {@link #bytes} takes. */
  public static final int MAX_BYTES = 4096;

  /** {@code MTLCommandBufferStatusCompleted}; what follows it is an error. */
  private static final long COMPLETED = 4;

  private enum Kind {
    COMPUTE("computeCommandEncoder", "MTLComputeCommandEncoder"),
    BLIT("blitCommandEncoder", "MTLBlitCommandEncoder");

    private final String message;
    private final String type;

    Kind(String message, String type) {
      this.message = message;
      this.type = type;
    }
  }

  private final ObjectiveC runtime;
  private final NativeHandle commands;
  private final ByValue room;

  /** The open encoder, and its kind; null for none. */
  private NativeHandle encoder;

  private Kind kind;

  MetalCommands(ObjectiveC runtime, NativeHandle commands, ByValue room) {
    this.runtime = runtime;
    this.commands = commands;
    this.room = room;
  }

  /** An encoder of a kind; it stays open as long as the kind does. */
  private MemorySegment encoder(Kind wanted) {
    if (kind != wanted) {
      end();
      try (var _ = runtime.pool()) {
        MemorySegment opened = runtime.pointer(commands.address(), wanted.message);
        ObjectiveC.require(wanted.message, opened, "the command buffer gives no encoder");
        encoder = runtime.retain(wanted.type, opened);
        kind = wanted;
      }
    }
    return encoder.address();
  }

  private void end() {
    if (kind != null) {
      runtime.send(encoder.address(), "endEncoding");
      encoder.close();
      kind = null;
    }
  }

  /** The kernel of the dispatches that follow. */
  public void kernel(MetalKernel kernel) {
    runtime.send(encoder(Kind.COMPUTE), "setComputePipelineState:", kernel.address());
  }

  /**
   * An argument of the dispatches that follow.
   *
   * @param index 0 to 30
   * @param offset in bytes, a multiple of what the argument points to
   */
  public void memory(int index, MetalBuffer buffer, long offset) {
    runtime.send(
        encoder(Kind.COMPUTE),
        "setBuffer:offset:atIndex:",
        buffer.address(offset),
        buffer.offset(offset),
        index);
  }

  /**
   * An argument of the dispatches that follow, which is copied.
   *
   * @param bytes native, 1 to {@link #MAX_BYTES}
   */
  public void bytes(int index, MemorySegment bytes) {
    if (bytes.byteSize() < 1 || bytes.byteSize() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes as an argument; 1 to %d".formatted(bytes.byteSize(), MAX_BYTES));
    }
    runtime.send(encoder(Kind.COMPUTE), "setBytes:length:atIndex:", bytes, bytes.byteSize(), index);
  }

  /** Starts the kernel: groups in three dimensions, of so many threads in one. */
  public void dispatch(int x, int y, int z, int groupThreads) {
    runtime.sendSizes(
        encoder(Kind.COMPUTE),
        "dispatchThreadgroups:threadsPerThreadgroup:",
        size(room.groups(), x, y, z),
        size(room.threads(), groupThreads, 1, 1));
  }

  private static MemorySegment size(MemorySegment target, long x, long y, long z) {
    target.setAtIndex(ValueLayout.JAVA_LONG, 0, x);
    target.setAtIndex(ValueLayout.JAVA_LONG, 1, y);
    target.setAtIndex(ValueLayout.JAVA_LONG, 2, z);
    return target;
  }

  /** Copies between buffers; places and size are multiples of 4, ranges do not overlap. */
  public void copy(MetalBuffer source, long from, MetalBuffer target, long to, long bytes) {
    runtime.send(
        encoder(Kind.BLIT),
        "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:",
        source.address(from),
        source.offset(from),
        target.address(to),
        target.offset(to),
        bytes);
  }

  /** Sets bytes to a value; place and size are multiples of 4. */
  public void fill(MetalBuffer buffer, long offset, long bytes, byte value) {
    MemorySegment range = room.range();
    range.setAtIndex(ValueLayout.JAVA_LONG, 0, buffer.offset(offset));
    range.setAtIndex(ValueLayout.JAVA_LONG, 1, bytes);
    runtime.sendRange(
        encoder(Kind.BLIT), "fillBuffer:range:value:", buffer.address(offset), range, value);
  }

  /** Hands everything to the device, and returns at once. Once; nothing follows. */
  public void commit() {
    end();
    try (var _ = runtime.pool()) {
      runtime.send(commands.address(), "commit");
    }
  }

  /**
   * Waits for the end.
   *
   * @throws NativeCallException with Metal's number and text when the work failed
   */
  public void await() {
    try (var _ = runtime.pool()) {
      runtime.send(commands.address(), "waitUntilCompleted");
      if (runtime.number(commands.address(), "status") != COMPLETED) {
        throw runtime.failure("commit", runtime.pointer(commands.address(), "error"));
      }
    }
  }

  /** Whether the work has ended, well or not. */
  public boolean isDone() {
    return runtime.number(commands.address(), "status") >= COMPLETED;
  }

  /** Nanoseconds that the device worked on it, after {@link #await}. */
  public long nanoseconds() {
    double seconds =
        runtime.real(commands.address(), "GPUEndTime")
            - runtime.real(commands.address(), "GPUStartTime");
    return Math.round(seconds * 1e9);
  }

  /** Idempotent. What was not committed never runs. */
  @Override
  public void close() {
    end();
    commands.close();
  }
}
