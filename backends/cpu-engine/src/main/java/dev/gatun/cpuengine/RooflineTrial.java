package dev.gatun.cpuengine;

import dev.gatun.cpuengine.kernel.PeakKernels;
import dev.gatun.cpuengine.team.WorkerTeam;
import dev.gatun.os.HugePages;
import dev.gatun.runtime.spi.Roofline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Measures what all workers of a team reach together: the best of a few passes. */
final class RooflineTrial {
  /** Memory that is read: beyond every cache. */
  static final long BYTES = 256L << 20;

  private static final int PASSES = 5;
  private static final int ROUNDS = 4_000_000;

  private final PeakKernels kernels;
  private final WorkerTeam team;

  /** Keeps results alive. */
  private final AtomicLong sink = new AtomicLong();

  RooflineTrial(PeakKernels kernels, WorkerTeam team) {
    this.kernels = kernels;
    this.team = team;
  }

  Roofline run() {
    int threads = team.threads();
    long share = BYTES / threads / 4096 * 4096;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(share * threads, arena);
      MemorySegment data = arena.allocate((long) PeakKernels.DATA_BYTES * threads, 64);
      team.run(worker -> memory.asSlice(worker * share, share).fill((byte) 1));
      double bytes =
          best(() -> {
            team.run(worker -> sink.addAndGet(kernels.read(memory.asSlice(worker * share, share))));
            return share * threads;
          });
      double multiplyAdds =
          best(() -> {
            AtomicLong count = new AtomicLong();
            team.run(worker -> {
              long at = (long) worker * PeakKernels.DATA_BYTES;
              MemorySegment own = data.asSlice(at, PeakKernels.DATA_BYTES);
              count.addAndGet(kernels.multiplyAdds(ROUNDS, own));
            });
            return count.get();
          });
      return new Roofline(bytes, multiplyAdds, kernels.arithmetic());
    }
  }

  /** The best rate of a few passes, a second; the first are also the JIT's. */
  private static double best(LongSupplier pass) {
    double best = 0;
    for (int i = 0; i < PASSES; i++) {
      long start = System.nanoTime();
      long done = pass.getAsLong();
      best = Math.max(best, done * 1e9 / (System.nanoTime() - start));
    }
    return best;
  }
}
