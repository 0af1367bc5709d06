package dev.gatun.gpuengine.driver;

/**
 * What a GPU offers.
 *
 * @param memoryBytes of the device, in all
 * @param unified whether device and host share their memory
 * @param maxThreads most threads of a group
 * @param sharedBytes memory that the threads of a group can share
 * @param units processors that run groups side by side
 * @param matrices what matrices SIMD groups multiply
 */
public record GpuLimits(
    long memoryBytes,
    boolean unified,
    int maxThreads,
    int sharedBytes,
    int units,
    Matrices matrices) {
  /** Instructions for products of small matrices. */
  public enum Matrices {
    NONE,
    /** Of half precision, with sums of single precision: the kernels {@code matmul_mma_*} run. */
    HALF,
    /** Of single precision: the kernels {@code matmul_simd_*} run. */
    SINGLE
  }

  /** Threads that run in step and can exchange values: of a warp, of a SIMD group. */
  public static final int SIMD_WIDTH = 32;
}
