package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuFence;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.Largest;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A session's own buffer of an input or output on the device: it lies elsewhere after it has grown.
 * Copies go through the session's queue, so that they see what was submitted before.
 */
public final class DeviceBuffer implements Buffer {
  private final String device;
  private final GpuQueue queue;
  private final GrowingDeviceMemory memory;
  private final LargestNumbers numbers;

  /**
   * @param memory closed with this
   * @param numbers of the same session
   */
  public DeviceBuffer(
      String device, GpuQueue queue, GrowingDeviceMemory memory, LargestNumbers numbers) {
    this.device = device;
    this.queue = queue;
    this.memory = memory;
    this.numbers = numbers;
  }

  /** The memory, of at least so many bytes. */
  public GpuMemory atLeast(long bytes) {
    return memory.atLeast(bytes);
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public long size() {
    return memory.bytes();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.empty();
  }

  @Override
  public Fence write(long offset, MemorySegment source) {
    if (source.byteSize() == 0) {
      return Fence.DONE;
    }
    GpuMemory target = memory.atLeast(offset + source.byteSize());
    if (!source.isNative()) {
      Transfers.write(queue, target, offset, source);
      return Fence.DONE;
    }
    queue.write(target, offset, source);
    return fence(queue.fence());
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    if (target.byteSize() == 0) {
      return Fence.DONE;
    }
    GpuMemory source = memory.atLeast(offset + target.byteSize());
    if (!target.isNative()) {
      Transfers.read(queue, source, offset, target);
      return Fence.DONE;
    }
    queue.read(source, offset, target);
    return fence(queue.fence());
  }

  @Override
  public boolean largest(long offset, int count, Largest result) {
    GpuMemory source = memory.atLeast(offset + (long) count * Float.BYTES);
    return numbers.find(source, offset, count, result);
  }

  /** A fence of the queue, as the runtime sees it. */
  public static Fence fence(GpuFence fence) {
    return new Fence() {
      @Override
      public void await() {
        fence.await();
      }

      @Override
      public boolean isDone() {
        return fence.isDone();
      }
    };
  }

  @Override
  public void close() {
    memory.close();
  }
}
