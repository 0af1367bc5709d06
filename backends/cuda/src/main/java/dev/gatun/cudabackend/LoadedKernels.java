package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaModule;
import dev.gatun.gpuengine.driver.GpuKernel;
import dev.gatun.gpuengine.driver.GpuModule;

/** The kernels of a family on the device. */
final class LoadedKernels implements GpuModule {
  private final CudaModule module;
  private final Failures failures;

  LoadedKernels(CudaModule module, Failures failures) {
    this.module = module;
    this.failures = failures;
  }

  @Override
  public GpuKernel kernel(String name) {
    return failures.during(() -> new CudaKernel(module.function(name)));
  }

  @Override
  public void close() {
    module.close();
  }
}
