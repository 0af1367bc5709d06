package dev.gatun.gpuengine.driver;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A piece of memory that a device can address. */
public interface GpuMemory extends AutoCloseable {
  long bytes();

  /** The memory itself, when the host can address it; not to be touched while work on it runs. */
  Optional<MemorySegment> hostView();

  /** Idempotent. Work that uses it must have ended. */
  @Override
  void close();
}
