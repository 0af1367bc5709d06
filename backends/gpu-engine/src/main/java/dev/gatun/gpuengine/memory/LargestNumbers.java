package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.gpuengine.kernel.KernelLibrary;
import dev.gatun.runtime.spi.Largest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Finds the largest numbers of a row on the device, so that eight bytes of each come back instead
 * of the row. Parts of the row go to groups side by side; another launch takes the best of what
 * those found. Belongs to a session's thread.
 */
public final class LargestNumbers implements AutoCloseable {
  /** The kernel that it runs. */
  public static final String KERNEL = "largest";

  /** More would be slower than reading the row. */
  private static final int MOST = 256;

  private static final int PART = 4096;
  private static final int THREADS = 256;

  /** SampleParams of sample.h. */
  private static final int PARAMETER_BYTES = 16;

  private final GpuDriver driver;
  private final GpuQueue queue;
  private final KernelLibrary kernels;
  private final GrowingDeviceMemory parts;
  private final GrowingDeviceMemory found;
  private final Arena arena = Arena.ofShared();
  private Launch first;
  private Launch last;
  private GpuMemory result;

  /**
   * @param queue in which the row is computed
   */
  public LargestNumbers(GpuDriver driver, GpuQueue queue, KernelLibrary kernels) {
    this.driver = driver;
    this.queue = queue;
    this.kernels = kernels;
    parts = new GrowingDeviceMemory(driver, queue);
    found = new GrowingDeviceMemory(driver, queue);
  }

  /** As {@link dev.gatun.runtime.spi.Buffer#largest}, of a row in the device's memory. */
  boolean find(GpuMemory row, long offset, int count, Largest target) {
    int k = target.capacity();
    if (k > MOST || count < 1) {
      return false;
    }
    if (first == null) {
      first = launch();
      last = launch();
      result = driver.staging(2L * MOST * Integer.BYTES);
    }
    int groups = (count + PART - 1) / PART;
    long half = (long) k * Integer.BYTES;
    GpuMemory best = found.atLeast(2L * MOST * Integer.BYTES);
    if (groups == 1) {
      run(first, 1, row, offset, row, offset, best, half, count, count, k, false);
    } else {
      GpuMemory some = parts.atLeast(2L * groups * half);
      run(first, groups, row, offset, row, offset, some, groups * half, count, PART, k, false);
      int all = groups * k;
      run(last, 1, some, 0, some, groups * half, best, half, all, all, k, true);
    }
    MemorySegment host = result.hostView().orElseThrow().asSlice(0, 2 * half);
    queue.read(best, 0, host);
    queue.fence().await();
    target.clear();
    for (int i = 0; i < k; i++) {
      int index = host.get(ValueLayout.JAVA_INT, half + 4L * i);
      if (index < 0) {
        break;
      }
      target.add(host.get(ValueLayout.JAVA_FLOAT, 4L * i), index);
    }
    return true;
  }

  private Launch launch() {
    return new Launch(kernels.kernel(KERNEL), 4, arena.allocate(PARAMETER_BYTES, 8));
  }

  /** Values go to the start of a piece of memory, indices behind them. */
  private void run(
      Launch launch,
      int groups,
      GpuMemory x,
      long xAt,
      GpuMemory names,
      long namesAt,
      GpuMemory y,
      long indicesAt,
      int count,
      int each,
      int k,
      boolean named) {
    launch.bind(0, x, xAt);
    launch.bind(1, names, namesAt);
    launch.bind(2, y, 0);
    launch.bind(3, y, indicesAt);
    MemorySegment parameters = launch.parameters();
    parameters.set(ValueLayout.JAVA_INT, 0, count);
    parameters.set(ValueLayout.JAVA_INT, 4, each);
    parameters.set(ValueLayout.JAVA_INT, 8, k);
    parameters.set(ValueLayout.JAVA_INT, 12, named ? 1 : 0);
    launch.shape(groups, 1, 1, THREADS);
    queue.launch(launch);
  }

  /** The work has ended. */
  @Override
  public void close() {
    parts.close();
    found.close();
    if (result != null) {
      result.close();
      result = null;
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
