package dev.gatun.gpuengine.driver;

/** A compiled kernel. Thread-safe. */
public interface GpuKernel {
  String name();

  /** Most threads of a group that this kernel can be started with. */
  int maxThreads();
}
