package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaContext;
import dev.gatun.cuda.DeviceMemory;
import dev.gatun.cuda.DriverFailure;
import dev.gatun.ffi.NativeCallException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Device memory that was given back and is kept for the next who asks: the driver waits for the
 * device when it frees. When memory is short, all that is kept goes back to the driver.
 * Thread-safe.
 */
final class MemoryPool implements AutoCloseable {
  private static final long SMALL_STEP = 512;
  private static final long LARGE_STEP = 2 << 20;
  private static final long LARGE = 1 << 20;

  /** Larger pieces are not kept: weights, which others could use. */
  private static final long LARGEST_KEPT = 256L << 20;

  private final CudaContext context;
  private final Failures failures;
  private final TreeMap<Long, Deque<DeviceMemory>> kept = new TreeMap<>();
  private long keptBytes;
  private long usedBytes;
  private long peakBytes;

  MemoryPool(CudaContext context, Failures failures) {
    this.context = context;
    this.failures = failures;
  }

  /** Memory of at least so many bytes. */
  synchronized DeviceMemory take(long bytes) {
    DeviceMemory memory = fitting(rounded(bytes));
    usedBytes += memory.bytes();
    peakBytes = Math.max(peakBytes, usedBytes);
    return memory;
  }

  private DeviceMemory fitting(long size) {
    // A piece that is up to an eighth larger will do.
    Map.Entry<Long, Deque<DeviceMemory>> fitting = kept.ceilingEntry(size);
    if (fitting != null && fitting.getKey() <= size + size / 8) {
      DeviceMemory memory = fitting.getValue().pop();
      keptBytes -= memory.bytes();
      if (fitting.getValue().isEmpty()) {
        kept.remove(fitting.getKey());
      }
      return memory;
    }
    try {
      return context.allocate(size);
    } catch (NativeCallException e) {
      return onceMore(size, e);
    }
  }

  private DeviceMemory onceMore(long size, NativeCallException first) {
    if (DriverFailure.of(first) != DriverFailure.OUT_OF_MEMORY) {
      throw failures.explained(first);
    }
    boolean gaveBack = keptBytes > 0;
    release();
    try {
      if (gaveBack) {
        return context.allocate(size);
      }
    } catch (NativeCallException e) {
      if (DriverFailure.of(e) != DriverFailure.OUT_OF_MEMORY) {
        throw failures.explained(e);
      }
    }
    throw failures.tooLittle(size, context.freeMemory(), context.device().memory(), first);
  }

  /** Takes memory back whose work has ended. */
  synchronized void give(DeviceMemory memory) {
    usedBytes -= memory.bytes();
    if (memory.bytes() > LARGEST_KEPT) {
      memory.close();
      return;
    }
    kept.computeIfAbsent(memory.bytes(), size -> new ArrayDeque<>()).push(memory);
    keptBytes += memory.bytes();
  }

  /** Bytes that the next may have: the driver's and those that are kept. */
  synchronized long freeBytes() {
    return failures.during(context::freeMemory) + keptBytes;
  }

  /** Bytes that were taken and not given back. */
  synchronized long usedBytes() {
    return usedBytes;
  }

  /** The most of {@link #usedBytes} so far. */
  synchronized long peakBytes() {
    return peakBytes;
  }

  private void release() {
    kept.values().forEach(pieces -> pieces.forEach(DeviceMemory::close));
    kept.clear();
    keptBytes = 0;
  }

  private static long rounded(long bytes) {
    long step = bytes < LARGE ? SMALL_STEP : LARGE_STEP;
    return Math.multiplyExact(Math.ceilDiv(bytes, step), step);
  }

  /** Idempotent. */
  @Override
  public synchronized void close() {
    release();
  }
}
