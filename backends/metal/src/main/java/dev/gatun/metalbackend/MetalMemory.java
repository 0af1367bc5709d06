package dev.gatun.metalbackend;

import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.metal.MetalBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * Memory that host and device share: everything here is, staging memory too.
 *
 * @param bytes that were asked for; the buffer has some more where its size must be a multiple
 * @param closing what else ends with it
 */
record MetalMemory(MetalBuffer buffer, long bytes, Runnable closing) implements GpuMemory {
  /** A piece of memory of the engine as one of this device. */
  static MetalMemory of(GpuMemory memory) {
    if (memory instanceof MetalMemory ours) {
      return ours;
    }
    throw new IllegalArgumentException("memory that is not this device's: " + memory);
  }

  /** Refuses what does not lie within. */
  MetalMemory checked(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes);
    return this;
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.of(buffer.contents().asSlice(0, bytes));
  }

  @Override
  public void close() {
    closing.run();
    buffer.close();
  }
}
