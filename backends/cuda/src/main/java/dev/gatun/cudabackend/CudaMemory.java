package dev.gatun.cudabackend;

import dev.gatun.cuda.DeviceMemory;
import dev.gatun.gpuengine.driver.GpuMemory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/** Memory of the device, out of the pool. */
final class CudaMemory implements GpuMemory {
  private final MemoryPool pool;
  private final long bytes;
  private DeviceMemory memory;

  CudaMemory(MemoryPool pool, long bytes) {
    this.pool = pool;
    this.bytes = bytes;
    memory = pool.take(bytes);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.empty();
  }

  /** The device's memory, of which [offset, offset + length) is used. */
  DeviceMemory checked(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes);
    if (memory == null) {
      throw new IllegalStateException("memory of the device is closed");
    }
    return memory;
  }

  @Override
  public void close() {
    if (memory != null) {
      pool.give(memory);
      memory = null;
    }
  }
}
