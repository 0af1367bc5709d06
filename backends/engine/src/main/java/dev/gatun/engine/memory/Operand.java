package dev.gatun.engine.memory;

import java.lang.foreign.MemorySegment;

/**
 * Where a step finds a value: a storage, and where in it the value starts.
 *
 * @param storage the id of a {@link Storage}
 * @param offset bytes from the start of the storage
 * @param whole whether the value surely is all of the storage; a part may start where it does
 */
public record Operand(int storage, long offset, boolean whole) {
  public MemorySegment segment(HostPlaces places) {
    return places.segment(storage);
  }

  /** Byte offset of the value in {@link #segment}. */
  public long at(HostPlaces places) {
    return places.offset(storage) + offset;
  }
}
