package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;

/** A function with its pipeline. Thread-safe. */
public final class MetalKernel implements AutoCloseable {
  private final Metal metal;
  private final NativeHandle pipeline;

  MetalKernel(Metal metal, NativeHandle pipeline) {
    this.metal = metal;
    this.pipeline = pipeline;
  }

  MemorySegment address() {
    return pipeline.address();
  }

  /** Threads that a group may have. */
  public long threadsPerGroup() {
    return metal.runtime().number(pipeline.address(), "maxTotalThreadsPerThreadgroup");
  }

  /** Idempotent. */
  @Override
  public void close() {
    pipeline.close();
  }
}
