package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaFunction;
import dev.gatun.gpuengine.driver.GpuKernel;

/** A kernel in a loaded module. */
record CudaKernel(CudaFunction function) implements GpuKernel {
  @Override
  public String name() {
    return function.name();
  }

  @Override
  public int maxThreads() {
    return function.maxThreads();
  }
}
