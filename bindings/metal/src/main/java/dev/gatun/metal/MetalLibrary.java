package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Compiled functions. Thread-safe. */
public final class MetalLibrary implements AutoCloseable {
  private final Metal metal;
  private final NativeHandle library;

  MetalLibrary(Metal metal, NativeHandle library) {
    this.metal = metal;
    this.library = library;
  }

  /**
   * A kernel that is ready to run.
   *
   * @throws dev.gatun.ffi.NativeCallException when there is no such function or it makes no
   *     pipeline
   */
  public MetalKernel kernel(String name) {
    final String byName = "newFunctionWithName:";
    final String message = "newComputePipelineStateWithDescriptor:options:reflection:error:";
    ObjectiveC runtime = metal.runtime();
    try (Arena arena = Arena.ofConfined();
        var _ = runtime.pool()) {
      MemorySegment found = runtime.pointer(library.address(), byName, runtime.string(name, arena));
      ObjectiveC.require(byName, found, "there is no function " + name);
      try (NativeHandle function = runtime.own("MTLFunction", found);
          NativeHandle descriptor = runtime.create("MTLComputePipelineDescriptor")) {
        runtime.send(descriptor.address(), "setComputeFunction:", function.address());
        runtime.send(
            descriptor.address(), "setSupportIndirectCommandBuffers:", metal.recordsDispatches());
        MemorySegment error = arena.allocate(ValueLayout.ADDRESS);
        // MTLPipelineOptionNone is 0.
        MemorySegment pipeline =
            runtime.pointer(
                metal.address(), message, descriptor.address(), 0L, MemorySegment.NULL, error);
        if (pipeline.address() == 0) {
          throw runtime.failure(message, error.get(ValueLayout.ADDRESS, 0));
        }
        return new MetalKernel(metal, runtime.own("MTLComputePipelineState", pipeline));
      }
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    library.close();
  }
}
