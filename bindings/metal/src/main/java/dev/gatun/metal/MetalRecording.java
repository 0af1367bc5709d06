package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.metal.MetalQueue.ByValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Dispatches that are encoded once and run by any number of command buffers ({@link
 * MetalCommands#execute}): an indirect command buffer. Each has a barrier, so that it sees what
 * those before it wrote. Filled by one thread; kernels and memory must outlive it, for it retains
 * none of them.
 *
 * <p>Source: Apple, "Encoding indirect command buffers on the CPU". Not run on device.
 */
public final class MetalRecording implements Dispatches, AutoCloseable {
  /** Offsets of parameters are multiples of it: the largest that the feature set tables ask for. */
  private static final int ALIGNMENT = 256;

  /** {@code MTLIndirectCommandTypeConcurrentDispatch}. */
  private static final long DISPATCHES = 1 << 5;

  /** Most commands that one message executes. */
  private static final int MOST_AT_ONCE = 16384;

  private static final long READ = 1;
  private static final long WRITE = 2;

  private final ObjectiveC runtime;
  private final NativeHandle commands;
  private final int dispatches;
  private final MetalBuffer parameters;
  private final Arena arena = Arena.ofAuto();
  private final ByValue room = new ByValue(arena);

  /** Whether kernels may write to a buffer, by its address. */
  private final Map<Long, Boolean> used = new LinkedHashMap<>();

  private MemorySegment read = MemorySegment.NULL;
  private MemorySegment written = MemorySegment.NULL;

  /** That of the next dispatch; null before the first. */
  private NativeHandle command;

  private int next;
  private long taken;

  /**
   * @param arguments most of one dispatch
   * @param parameterBytes what {@link #room} says of each argument of {@link #bytes}, in all
   */
  MetalRecording(Metal metal, int dispatches, int arguments, long parameterBytes) {
    runtime = metal.runtime();
    this.dispatches = dispatches;
    final String message = "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:";
    try (var _ = runtime.pool();
        NativeHandle descriptor = runtime.create("MTLIndirectCommandBufferDescriptor")) {
      runtime.send(descriptor.address(), "setCommandTypes:", DISPATCHES);
      runtime.send(descriptor.address(), "setInheritBuffers:", false);
      runtime.send(descriptor.address(), "setInheritPipelineState:", false);
      runtime.send(descriptor.address(), "setMaxKernelBufferBindCount:", (long) arguments);
      // MTLResourceStorageModeShared is 0.
      MemorySegment made =
          runtime.pointer(metal.address(), message, descriptor.address(), dispatches, 0L);
      ObjectiveC.require(message, made, "no room for %d commands".formatted(dispatches));
      commands = runtime.own("MTLIndirectCommandBuffer", made);
    }
    try {
      parameters = metal.allocate(Math.max(ALIGNMENT, parameterBytes));
      use(parameters, 0);
    } catch (RuntimeException e) {
      commands.close();
      throw e;
    }
  }

  /** Bytes of memory that an argument of so many bytes takes. */
  public static long room(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void use(MetalBuffer buffer, long offset) {
    used.put(buffer.address(offset).address(), buffer.writable());
  }

  @Override
  public void kernel(MetalKernel kernel) {
    try (var _ = runtime.pool()) {
      MemorySegment found =
          runtime.pointer(commands.address(), "indirectComputeCommandAtIndex:", next++);
      command = runtime.retain("MTLIndirectComputeCommand", found);
    }
    runtime.send(command.address(), "setComputePipelineState:", kernel.address());
  }

  @Override
  public void memory(int index, MetalBuffer buffer, long offset) {
    use(buffer, offset);
    runtime.send(
        command.address(),
        "setKernelBuffer:offset:atIndex:",
        buffer.address(offset),
        buffer.offset(offset),
        index);
  }

  /** Into memory of this recording: a command in an indirect command buffer takes no bytes. */
  @Override
  public void bytes(int index, MemorySegment bytes) {
    Dispatches.checkBytes(bytes);
    MemorySegment.copy(bytes, 0, parameters.contents(), taken, bytes.byteSize());
    memory(index, parameters, taken);
    taken += room(bytes.byteSize());
  }

  @Override
  public void dispatch(int x, int y, int z, int groupThreads) {
    runtime.send(command.address(), "setBarrier");
    runtime.sendSizes(
        command.address(),
        "concurrentDispatchThreadgroups:threadsPerThreadgroup:",
        ByValue.size(room.groups(), x, y, z),
        ByValue.size(room.threads(), groupThreads, 1, 1));
    command.close();
  }

  /** Says what the dispatches use, and has them executed. */
  void encode(MemorySegment encoder, ByValue byValue) {
    if (next != dispatches) {
      throw new IllegalStateException("%d of %d dispatches".formatted(next, dispatches));
    }
    if (!used.isEmpty()) {
      read = addresses(false);
      written = addresses(true);
      used.clear();
    }
    make(encoder, read, READ);
    make(encoder, written, READ | WRITE);
    for (int from = 0; from < dispatches; from += MOST_AT_ONCE) {
      runtime.sendRange(
          encoder,
          "executeCommandsInBuffer:withRange:",
          commands.address(),
          byValue.range(from, Math.min(MOST_AT_ONCE, dispatches - from)));
    }
  }

  private MemorySegment addresses(boolean writable) {
    Set<Long> found = new LinkedHashSet<>();
    used.forEach((address, writes) -> {
      if (writes == writable) {
        found.add(address);
      }
    });
    long[] all = found.stream().mapToLong(Long::longValue).toArray();
    return arena.allocateFrom(ValueLayout.JAVA_LONG, all);
  }

  private void make(MemorySegment encoder, MemorySegment resources, long usage) {
    long count = resources.byteSize() / ValueLayout.ADDRESS.byteSize();
    if (count > 0) {
      runtime.send(encoder, "useResources:count:usage:", resources, count, usage);
    }
  }

  /** Idempotent; work that runs it must have ended. */
  @Override
  public void close() {
    if (command != null) {
      command.close();
    }
    commands.close();
    parameters.close();
  }
}
