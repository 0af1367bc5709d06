package dev.gatun.engine.compiled;

import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Host memory of a value whose size only the run knows: as large as the largest so far. Its {@link
 * #hostView} is another one after it has grown. Used by the thread of its session.
 */
final class GrowingBuffer implements Buffer {
  private HostBuffer memory;

  GrowingBuffer(String device) {
    memory = HostBuffer.allocate(device, 1);
  }

  /** Makes room; what was there is lost where it has to grow. */
  void reserve(long bytes) {
    if (memory.size() < bytes) {
      HostBuffer larger = HostBuffer.allocate(memory.device(), bytes);
      memory.close();
      memory = larger;
    }
  }

  @Override
  public String device() {
    return memory.device();
  }

  @Override
  public long size() {
    return memory.size();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return memory.hostView();
  }

  @Override
  public Fence write(long offset, MemorySegment source) {
    return memory.write(offset, source);
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    return memory.read(offset, target);
  }

  @Override
  public void close() {
    memory.close();
  }
}
