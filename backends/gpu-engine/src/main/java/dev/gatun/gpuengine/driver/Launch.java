package dev.gatun.gpuengine.driver;

import java.lang.foreign.MemorySegment;

/**
 * One start of a kernel: as many groups as the grid says, each of {@code threads} threads in one
 * dimension. Kernels take memory first, then one block of parameters (conventions in {@code
 * native/gpu/README.md}). Kept and changed from run to run, so that a run allocates nothing. Not
 * thread-safe.
 */
public final class Launch {
  private final GpuKernel kernel;
  private final GpuMemory[] memory;
  private final long[] offsets;
  private final MemorySegment parameters;
  private int gridX = 1;
  private int gridY = 1;
  private int gridZ = 1;
  private int threads = GpuLimits.SIMD_WIDTH;

  /**
   * @param arguments pieces of memory that the kernel takes
   * @param parameters the kernel's block, native, filled by the caller; empty when it takes none
   */
  public Launch(GpuKernel kernel, int arguments, MemorySegment parameters) {
    this.kernel = kernel;
    memory = new GpuMemory[arguments];
    offsets = new long[arguments];
    this.parameters = parameters;
  }

  public GpuKernel kernel() {
    return kernel;
  }

  /** Number of pieces of memory. */
  public int arguments() {
    return memory.length;
  }

  public GpuMemory memory(int argument) {
    return memory[argument];
  }

  /** Where an argument starts in its memory, in bytes. */
  public long offset(int argument) {
    return offsets[argument];
  }

  public MemorySegment parameters() {
    return parameters;
  }

  public int gridX() {
    return gridX;
  }

  public int gridY() {
    return gridY;
  }

  public int gridZ() {
    return gridZ;
  }

  /** Threads of a group. */
  public int threads() {
    return threads;
  }

  /** Gives the kernel a piece of memory; {@code offset} is a multiple of the element's size. */
  public void bind(int argument, GpuMemory piece, long offset) {
    memory[argument] = piece;
    offsets[argument] = offset;
  }

  /** Groups in each dimension, each at least 1, and threads of a group. */
  public void shape(int x, int y, int z, int groupThreads) {
    if (x < 1 || y < 1 || z < 1 || groupThreads < 1) {
      throw new IllegalArgumentException(
          "%s: a grid of %d x %d x %d groups of %d threads"
              .formatted(kernel.name(), x, y, z, groupThreads));
    }
    gridX = x;
    gridY = y;
    gridZ = z;
    threads = groupThreads;
  }
}
