package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;

/** A function with its pipeline. Thread-safe. */
public final class MetalKernel implements AutoCloseable {
  private final NativeHandle pipeline;
  private final int maxThreads;
  private final int simdWidth;

  MetalKernel(Metal metal, NativeHandle pipeline) {
    this.pipeline = pipeline;
    ObjectiveC runtime = metal.runtime();
    maxThreads =
        Math.toIntExact(runtime.number(pipeline.address(), "maxTotalThreadsPerThreadgroup"));
    simdWidth = Math.toIntExact(runtime.number(pipeline.address(), "threadExecutionWidth"));
  }

  MemorySegment address() {
    return pipeline.address();
  }

  /** Most threads of a group. */
  public int maxThreads() {
    return maxThreads;
  }

  /** Threads that run in step. */
  public int simdWidth() {
    return simdWidth;
  }

  /** Idempotent. */
  @Override
  public void close() {
    pipeline.close();
  }
}
