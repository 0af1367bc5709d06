package dev.gatun.gpuengine.driver;

/** Compiled kernels. Thread-safe. */
public interface GpuModule extends AutoCloseable {
  /**
   * A kernel by its name; it lives as long as the module.
   *
   * @throws dev.gatun.runtime.spi.BackendException when there is none
   */
  GpuKernel kernel(String name);

  /** Idempotent. */
  @Override
  void close();
}
