package dev.gatun.testkit.device;

import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Fence;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/** Memory that the host cannot address, filled with NaN to begin with. */
final class OpaqueBuffer implements Buffer {
  private static final byte GARBAGE = (byte) 0xff;

  private final LazyQueue queue;
  private final HandleCount.Handle handle;
  private final MemorySegment memory;

  OpaqueBuffer(long bytes, LazyQueue queue, HandleCount.Handle handle) {
    this.queue = queue;
    this.handle = handle;
    memory = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    memory.fill(GARBAGE);
  }

  @Override
  public String device() {
    return NullDevice.ID;
  }

  @Override
  public long size() {
    return memory.byteSize();
  }

  @Override
  public Optional<MemorySegment> hostView() {
    return Optional.empty();
  }

  @Override
  public Fence write(long offset, MemorySegment source) {
    check(offset, source.byteSize());
    return queue.enqueue(() -> MemorySegment.copy(source, 0, memory, offset, source.byteSize()));
  }

  @Override
  public Fence read(long offset, MemorySegment target) {
    check(offset, target.byteSize());
    return queue.enqueue(() -> MemorySegment.copy(memory, offset, target, 0, target.byteSize()));
  }

  /** Makes the content worthless, as a device does that reuses its memory. */
  void spoil() {
    memory.fill(GARBAGE);
  }

  /** The content, for the device itself. */
  void get(MemorySegment target) {
    MemorySegment.copy(memory, 0, target, 0, target.byteSize());
  }

  /** Sets the content, for the device itself. */
  void set(MemorySegment source) {
    MemorySegment.copy(source, 0, memory, 0, source.byteSize());
  }

  private void check(long offset, long bytes) {
    if (handle.isClosed()) {
      throw new BackendException("the buffer is closed");
    }
    Objects.checkFromIndexSize(offset, bytes, memory.byteSize());
  }

  @Override
  public void close() {
    handle.close();
  }
}
