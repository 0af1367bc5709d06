package dev.gatun.cudabackend;

import dev.gatun.cuda.DeviceMemory;
import dev.gatun.gpuengine.driver.GpuMemory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Memory that the device can address. */
final class CudaMemory implements GpuMemory {
  private final long bytes;
  private final Consumer<DeviceMemory> back;
  private DeviceMemory memory;

  /**
   * @param bytes that were asked for; there may be more
   * @param back takes the memory when it is closed
   */
  CudaMemory(DeviceMemory memory, long bytes, Consumer<DeviceMemory> back) {
    this.memory = memory;
    this.bytes = bytes;
    this.back = back;
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
      back.accept(memory);
      memory = null;
    }
  }
}
