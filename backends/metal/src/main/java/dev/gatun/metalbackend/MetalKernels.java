package dev.gatun.metalbackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.GpuKernel;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.metal.MetalKernel;
import dev.gatun.metal.MetalLibrary;
import java.util.HashMap;
import java.util.Map;

/** A compiled family. A kernel becomes a pipeline when it is asked for. Thread-safe. */
final class MetalKernels implements GpuModule {
  private final String family;
  private final MetalLibrary library;
  private final Failures failures;
  private final Map<String, Kernel> kernels = new HashMap<>();

  MetalKernels(String family, MetalLibrary library, Failures failures) {
    this.family = family;
    this.library = library;
    this.failures = failures;
  }

  /** A kernel with its pipeline. */
  record Kernel(String name, MetalKernel pipeline) implements GpuKernel {
    @Override
    public int maxThreads() {
      return pipeline.maxThreads();
    }
  }

  @Override
  public synchronized GpuKernel kernel(String name) {
    Kernel kernel = kernels.get(name);
    if (kernel == null) {
      try {
        kernel = new Kernel(name, library.kernel(name));
      } catch (NativeCallException e) {
        throw failures.ofKernels(family, e);
      }
      kernels.put(name, kernel);
    }
    return kernel;
  }

  @Override
  public synchronized void close() {
    kernels.values().forEach(kernel -> kernel.pipeline.close());
    kernels.clear();
    library.close();
  }
}
