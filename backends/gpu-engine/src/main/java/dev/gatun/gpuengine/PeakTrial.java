package dev.gatun.gpuengine;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuLimits;
import dev.gatun.gpuengine.driver.GpuMark;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.gpuengine.kernel.KernelLibrary;
import dev.gatun.runtime.spi.Roofline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Measures what a GPU can do at most: it reads memory that no cache holds, and multiplies what is
 * in registers. Work is doubled until it takes long enough to be timed; the best of some runs
 * counts.
 */
final class PeakTrial {
  private static final long LEAST_BYTES = 16 << 20;
  private static final long MOST_BYTES = 1 << 30;
  private static final int LEAST_ROUNDS = 64;
  private static final int MOST_ROUNDS = 1 << 16;
  private static final long LONG_ENOUGH = 4_000_000;
  private static final int RUNS = 4;
  private static final int THREADS = 256;
  private static final int GROUPS_OF_UNIT = 16;

  /** PEAK_SUMS of peak.h. */
  private static final int SUMS = 8;

  private static final int PRODUCT = 16 * 16 * 8;

  private final GpuDriver driver;
  private final KernelLibrary kernels;
  private final int groups;

  PeakTrial(GpuDriver driver, KernelLibrary kernels) {
    this.driver = driver;
    this.kernels = kernels;
    groups = driver.limits().units() * GROUPS_OF_UNIT;
  }

  /** Empty where the device has no memory left for it. */
  Optional<Roofline> run() {
    long most = Math.min(MOST_BYTES, driver.freeBytes() / 4);
    if (most < LEAST_BYTES) {
      return Optional.empty();
    }
    boolean halves = driver.limits().matrices() == GpuLimits.Matrices.HALF;
    long threads = (long) groups * THREADS;
    double each =
        halves ? threads / (double) GpuLimits.SIMD_WIDTH * PRODUCT * SUMS : (double) threads * SUMS;
    try (GpuQueue queue = driver.newQueue();
        Arena arena = Arena.ofShared();
        GpuMemory results = driver.allocate(threads * Integer.BYTES)) {
      double bytes = read(queue, arena, results, most);
      double multiplied = multiply(queue, arena, results, halves ? "peak_mma" : "peak_multiply");
      return Optional.of(new Roofline(bytes, multiplied * each, halves ? "f16" : "f32"));
    }
  }

  private double read(GpuQueue queue, Arena arena, GpuMemory results, long most) {
    Launch launch = launch(arena, "peak_read", 2);
    launch.bind(1, results, 0);
    for (long bytes = LEAST_BYTES; ; bytes *= 2) {
      try (GpuMemory memory = driver.allocate(bytes)) {
        queue.fill(memory, 0, bytes, (byte) 0);
        launch.bind(0, memory, 0);
        long time = best(queue, launch, Math.toIntExact(bytes / 16), 0);
        if (time >= LONG_ENOUGH || 2 * bytes > most) {
          return bytes * 1e9 / time;
        }
      }
    }
  }

  /** Rounds a second. */
  private double multiply(GpuQueue queue, Arena arena, GpuMemory results, String kernel) {
    Launch launch = launch(arena, kernel, 1);
    launch.bind(0, results, 0);
    for (int rounds = LEAST_ROUNDS; ; rounds *= 2) {
      long time = best(queue, launch, 0, rounds);
      if (time >= LONG_ENOUGH || rounds >= MOST_ROUNDS) {
        return rounds * 1e9 / time;
      }
    }
  }

  private Launch launch(Arena arena, String kernel, int arguments) {
    Launch launch = new Launch(kernels.kernel(kernel), arguments, arena.allocate(8, 8));
    launch.shape(groups, 1, 1, THREADS);
    return launch;
  }

  /** Nanoseconds of the fastest run. */
  private static long best(GpuQueue queue, Launch launch, int count, int rounds) {
    MemorySegment parameters = launch.parameters();
    parameters.set(ValueLayout.JAVA_INT, 0, count);
    parameters.set(ValueLayout.JAVA_INT, 4, rounds);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      try (GpuMark start = queue.mark()) {
        queue.launch(launch);
        try (GpuMark end = queue.mark()) {
          GpuFence done = queue.fence();
          done.await();
          best = Math.min(best, Math.max(1, end.nanosecondsSince(start)));
        }
      }
    }
    return best;
  }
}
