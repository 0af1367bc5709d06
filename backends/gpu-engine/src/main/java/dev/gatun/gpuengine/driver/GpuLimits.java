package dev.gatun.gpuengine.driver;

/**
 * What a GPU offers.
 *
 * @param memoryBytes of the device, in all
 * @param unified whether device and host share their memory
 * @param maxThreads most threads of a group
 * @param sharedBytes memory that the threads of a group can share
 * @param units processors that run groups side by side
 * @param halfMatrices whether SIMD groups multiply matrices of half precision: the kernels {@code
 *     matmul_mma_*} run
 */
public record GpuLimits(
    long memoryBytes,
    boolean unified,
    int maxThreads,
    int sharedBytes,
    int units,
    boolean halfMatrices) {
  /** Threads that run in step and can exchange values: of a warp, of a SIMD group. */
  public static final int SIMD_WIDTH = 32;
}
