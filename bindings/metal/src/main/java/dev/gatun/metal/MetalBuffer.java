package dev.gatun.metal;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.MemorySegment;

/** Memory that host and device share. */
public final class MetalBuffer implements AutoCloseable {
  private final NativeHandle buffer;
  private final MemorySegment contents;

  MetalBuffer(Metal metal, NativeHandle buffer, long bytes) {
    this.buffer = buffer;
    contents = Pointers.view(metal.runtime().pointer(buffer.address(), "contents"), bytes);
  }

  MemorySegment address() {
    return buffer.address();
  }

  /** Its bytes, until it is closed; not to be touched while work on them runs. */
  public MemorySegment contents() {
    buffer.address();
    return contents;
  }

  /** Idempotent; work that uses it must have ended. */
  @Override
  public void close() {
    buffer.close();
  }
}
