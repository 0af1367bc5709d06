package dev.gatun.cpuengine;

import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Fence;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A session's own buffer of an input or output: it lies elsewhere after it has grown. */
final class SessionBuffer implements Buffer {
  private final String device;
  private final GrowingMemory memory;

  SessionBuffer(String device, GrowingMemory memory) {
    this.device = device;
    this.memory = memory;
  }

  MemorySegment atLeast(long bytes) {
    return memory.atLeast(bytes);
  }

  MemorySegment memory() {
    return memory.memory();
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public long size() {
    return memory.memory().byteSize();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.of(memory.memory());
  }

  @Override
  public Fence write(long offset, MemorySegment source) {
    MemorySegment.copy(
        source, 0, memory.atLeast(offset + source.byteSize()), offset, source.byteSize());
    return Fence.DONE;
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    MemorySegment.copy(memory.memory(), offset, target, 0, target.byteSize());
    return Fence.DONE;
  }

  @Override
  public void close() {
    memory.close();
  }
}
