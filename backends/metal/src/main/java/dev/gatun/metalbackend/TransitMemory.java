package dev.gatun.metalbackend;

import dev.gatun.gpuengine.driver.GpuMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;

/**
 * Memory that copies from and to the host pass through, kept for the next ones: a token's read-back
 * makes no buffer. Belongs to a queue, which guards it.
 */
final class TransitMemory implements AutoCloseable {
  private static final long SMALLEST = 256;

  /** Larger pieces are not kept. */
  private static final long LARGEST_KEPT = 1 << 20;

  private final MetalGpu gpu;
  private final TreeMap<Long, Deque<MetalMemory>> kept = new TreeMap<>();

  TransitMemory(MetalGpu gpu) {
    this.gpu = gpu;
  }

  /** Memory of at least so many bytes. */
  MetalMemory take(long bytes) {
    long size = Math.max(SMALLEST, bytes);
    if (size <= LARGEST_KEPT) {
      size = Long.highestOneBit(size - 1) << 1;
    }
    Deque<MetalMemory> pieces = kept.get(size);
    return pieces == null || pieces.isEmpty() ? MetalMemory.of(gpu.staging(size)) : pieces.pop();
  }

  /** Takes memory back whose work has ended. */
  void give(MetalMemory memory) {
    if (memory.bytes() > LARGEST_KEPT) {
      memory.close();
    } else {
      kept.computeIfAbsent(memory.bytes(), _ -> new ArrayDeque<>()).push(memory);
    }
  }

  @Override
  public void close() {
    kept.values().forEach(pieces -> pieces.forEach(GpuMemory::close));
    kept.clear();
  }
}
