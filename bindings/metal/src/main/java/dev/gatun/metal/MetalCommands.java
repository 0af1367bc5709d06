package dev.gatun.metal;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.metal.MetalQueue.ByValue;
import java.lang.foreign.MemorySegment;

/**
 * A command buffer: dispatches, copies and fills that run in order once it is committed, each
 * seeing what those before it wrote. One thread at a time; after {@link #commit} any thread may
 * wait.
 */
public final class MetalCommands implements Dispatches, AutoCloseable {
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

  @Override
  public void kernel(MetalKernel kernel) {
    runtime.send(encoder(Kind.COMPUTE), "setComputePipelineState:", kernel.address());
  }

  @Override
  public void memory(int index, MetalBuffer buffer, long offset) {
    runtime.send(
        encoder(Kind.COMPUTE),
        "setBuffer:offset:atIndex:",
        buffer.address(offset),
        buffer.offset(offset),
        index);
  }

  @Override
  public void bytes(int index, MemorySegment bytes) {
    Dispatches.checkBytes(bytes);
    runtime.send(encoder(Kind.COMPUTE), "setBytes:length:atIndex:", bytes, bytes.byteSize(), index);
  }

  @Override
  public void dispatch(int x, int y, int z, int groupThreads) {
    runtime.sendSizes(
        encoder(Kind.COMPUTE),
        "dispatchThreadgroups:threadsPerThreadgroup:",
        ByValue.size(room.groups(), x, y, z),
        ByValue.size(room.threads(), groupThreads, 1, 1));
  }

  /**
   * Runs what was recorded. In an encoder of its own: Metal keeps encoders in order by the memory
   * that they say they use.
   */
  public void execute(MetalRecording recording) {
    end();
    recording.encode(encoder(Kind.COMPUTE), room);
    end();
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
    runtime.sendRange(
        encoder(Kind.BLIT),
        "fillBuffer:range:value:",
        buffer.address(offset),
        room.range(buffer.offset(offset), bytes),
        value);
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
