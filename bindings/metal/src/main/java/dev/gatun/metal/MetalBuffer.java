package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Memory that host and device share. */
public final class MetalBuffer implements AutoCloseable {
  /** In order of their places; each begins {@link #stride} bytes behind the one before. */
  private final List<NativeHandle> buffers;

  private final long stride;

  /** Where the contents start in the first buffer. */
  private final long start;

  private final MemorySegment contents;
  private final boolean writable;

  private MetalBuffer(
      List<NativeHandle> buffers,
      long stride,
      long start,
      MemorySegment contents,
      boolean writable) {
    this.buffers = List.copyOf(buffers);
    this.stride = stride;
    this.start = start;
    this.contents = contents;
    this.writable = writable;
  }

  /** Takes over a buffer that Metal allocated. */
  static MetalBuffer of(Metal metal, NativeHandle buffer, long bytes) {
    MemorySegment contents =
        Pointers.view(metal.runtime().pointer(buffer.address(), "contents"), bytes);
    return new MetalBuffer(List.of(buffer), Long.MAX_VALUE, 0, contents, true);
  }

  /**
   * Wraps the whole pages around pieces, in buffers of at most {@code most} bytes that overlap by
   * half: what starts anywhere and has at most that half lies in one of them.
   */
  static Optional<MetalBuffer> wrap(Metal metal, List<MemorySegment> pieces, long page, long most) {
    MemorySegment head = pieces.getFirst();
    MemorySegment tail = pieces.getLast();
    if (!head.isNative() || tail.address() + tail.byteSize() <= head.address()) {
      throw new IllegalArgumentException("only native memory can be wrapped, and not none of it");
    }
    MemorySegment memory = Pointers.view(head, tail.address() + tail.byteSize() - head.address());
    long first = memory.address() / page * page;
    long end = Math.ceilDiv(memory.address() + memory.byteSize(), page) * page;
    boolean one = end - first <= most;
    long stride = one ? Long.MAX_VALUE : most / 2 / page * page;
    if (pieces.stream().anyMatch(piece -> piece.byteSize() > stride)) {
      return Optional.empty();
    }
    long length = one ? end - first : 2 * stride;
    List<NativeHandle> buffers = new ArrayList<>();
    for (long at = first; ; at += stride) {
      // MTLResourceStorageModeShared is 0; without a deallocator the memory stays ours.
      MemorySegment buffer =
          metal
              .runtime()
              .pointer(
                  metal.address(),
                  "newBufferWithBytesNoCopy:length:options:deallocator:",
                  MemorySegment.ofAddress(at),
                  Math.min(length, end - at),
                  0L,
                  MemorySegment.NULL);
      if (buffer.address() == 0) {
        buffers.forEach(NativeHandle::close);
        return Optional.empty();
      }
      buffers.add(metal.runtime().own("MTLBuffer", buffer));
      if (end - at <= length) {
        return Optional.of(
            new MetalBuffer(buffers, stride, memory.address() - first, memory, false));
      }
    }
  }

  private int index(long offset) {
    // The last buffer has the rest, whatever its place.
    return (int) Math.min((start + offset) / stride, buffers.size() - 1);
  }

  /** The buffer that has what begins at an offset of the contents. */
  MemorySegment address(long offset) {
    return buffers.get(index(offset)).address();
  }

  /** Where an offset of the contents is in {@link #address(long)}. */
  long offset(long offset) {
    int index = index(offset);
    return index == 0 ? start + offset : start + offset - index * stride;
  }

  /** Its size in bytes. */
  public long bytes() {
    return contents.byteSize();
  }

  /** Whether kernels may write to it; not to memory of the host that was wrapped. */
  boolean writable() {
    return writable;
  }

  /** Its bytes, until it is closed; not to be touched while work on them runs. */
  public MemorySegment contents() {
    buffers.getFirst().address();
    return contents;
  }

  /** Idempotent; work that uses it must have ended. */
  @Override
  public void close() {
    buffers.forEach(NativeHandle::close);
  }
}
