package dev.gatun.qnnbackend;

import dev.gatun.qnn.QnnContext;
import dev.gatun.qnn.QnnMemory;
import dev.gatun.qnn.QnnRun;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.RpcMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Memory of a run's inputs and outputs: the process's own, which the library copies, or shared with
 * the NPU. One thread at a time.
 */
final class RunMemory implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final QnnContext context;
  private final QnnRun run;
  private final Optional<RpcMemory> shared;
  private final Arena arena = Arena.ofShared();
  private final List<RpcMemory.Buffer> buffers = new ArrayList<>();
  private final List<QnnMemory> told = new ArrayList<>();

  RunMemory(QnnContext context, QnnRun run, Optional<RpcMemory> shared) {
    this.context = context;
    this.run = run;
    this.shared = shared;
  }

  /**
   * Gives an input its memory.
   *
   * @throws dev.gatun.ffi.NativeCallException when the library takes no shared memory
   */
  MemorySegment input(int index, QnnTensor tensor) {
    if (shared.isPresent()) {
      RpcMemory.Buffer buffer = buffer(tensor);
      run.input(index, told.getLast());
      return buffer.memory();
    }
    MemorySegment memory = arena.allocate(tensor.bytes(), ALIGNMENT);
    run.input(index, memory);
    return memory;
  }

  /** Gives an output its memory, likewise. */
  MemorySegment output(int index, QnnTensor tensor) {
    if (shared.isPresent()) {
      RpcMemory.Buffer buffer = buffer(tensor);
      run.output(index, told.getLast());
      return buffer.memory();
    }
    MemorySegment memory = arena.allocate(tensor.bytes(), ALIGNMENT);
    run.output(index, memory);
    return memory;
  }

  private RpcMemory.Buffer buffer(QnnTensor tensor) {
    RpcMemory.Buffer buffer = shared.orElseThrow().allocate(tensor.bytes());
    buffers.add(buffer);
    told.add(context.share(tensor, buffer));
    return buffer;
  }

  /** After the run. */
  @Override
  public void close() {
    told.forEach(QnnMemory::close);
    buffers.forEach(RpcMemory.Buffer::close);
    arena.close();
  }
}
