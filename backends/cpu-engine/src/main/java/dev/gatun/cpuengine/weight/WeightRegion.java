package dev.gatun.cpuengine.weight;

import dev.gatun.os.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Packed matrices that lie side by side in memory: one matrix is often smaller than a huge page.
 */
final class WeightRegion {
  /**
   * About the size of a region: many huge pages, and few enough that workers share the work where
   * memory must be cleared.
   */
  private static final long BYTES = 32L << 20;

  private static final long ALIGNMENT = 64;

  private final List<PackedMatrix> matrices = new ArrayList<>();
  private long bytes;

  private WeightRegion() {}

  /** Regions that hold the matrices in their order. */
  static List<WeightRegion> of(List<PackedMatrix> matrices) {
    List<WeightRegion> regions = new ArrayList<>();
    WeightRegion region = null;
    for (PackedMatrix matrix : matrices) {
      if (region == null || region.bytes + matrix.bytes() > BYTES) {
        region = new WeightRegion();
        regions.add(region);
      }
      region.matrices.add(matrix);
      region.bytes += slot(matrix);
    }
    return regions;
  }

  private static long slot(PackedMatrix matrix) {
    return (matrix.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Gives each matrix its memory. */
  void allocate(Arena arena) {
    MemorySegment memory = HugePages.allocate(bytes, arena);
    long offset = 0;
    for (PackedMatrix matrix : matrices) {
      matrix.place(memory.asSlice(offset, matrix.bytes()));
      offset += slot(matrix);
    }
  }
}
