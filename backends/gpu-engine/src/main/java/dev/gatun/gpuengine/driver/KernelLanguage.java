package dev.gatun.gpuengine.driver;

/**
 * A language that the portable kernels are compiled as; each has its prelude in {@code native/gpu}.
 */
public enum KernelLanguage {
  CUDA,
  METAL
}
