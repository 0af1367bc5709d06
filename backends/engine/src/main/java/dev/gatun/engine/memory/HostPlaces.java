package dev.gatun.engine.memory;

import java.lang.foreign.MemorySegment;

/** Where storages are, for an engine whose memory is the host's. */
public interface HostPlaces {
  MemorySegment segment(int storage);

  /** Byte offset of a storage in its segment. */
  long offset(int storage);
}
