package dev.gatun.vector.matmul;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Compiled kernels allocate nothing: a vector that the compiler boxes shows here. */
class AllocationTest {
  /** How long the compiler may take: it shares the machine with whatever else runs. */
  private static final long PATIENCE = 60_000_000_000L;

  @Test
  void aCallAllocatesNothing() {
    assumeTrue(Integer.getInteger(Lanes.WIDTH) == null, "the widest vectors only");
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var kernel = new VectorMatMulKernels(true).of(DType.Q4_0);
    try (Arena arena = Arena.ofShared()) {
      int n = 32;
      int k = 256;
      var product = new MatMulCase(arena, kernel, DType.Q4_0, n, k, 1);
      MemorySegment y = arena.allocate(4L * 13 * n, 64);
      MemorySegment scratch = arena.allocate(kernel.scratchBytes(13, n, k), 64);
      for (int m : new int[] {1, 13}) {
        MemorySegment x = product.activations(m, 1);
        MemorySegment prepared = arena.allocate(kernel.preparedBytes(m, k), 64);
        Runnable call =
            () -> {
              kernel.prepare(x, 0, m, k, prepared, 0, 0, m);
              kernel.multiply(
                  product.packed, x, 0, prepared, 0, m, n, k, y, 0, n, 0, 1, scratch, 0);
            };
        long start = System.nanoTime();
        long allocated = Long.MAX_VALUE;
        while (allocated > 0 && System.nanoTime() - start < PATIENCE) {
          long before = threads.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < 10; i++) {
            call.run();
          }
          allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated == 0, m + " rows: ten calls still allocate " + allocated + " bytes");
      }
    }
  }
}
