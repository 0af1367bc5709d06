package dev.gatun.cpuengine.step;

import java.lang.foreign.MemorySegment;

/**
 * Where a step finds a value: a storage of the frame, and where in it the value starts.
 *
 * @param storage index in the frame
 * @param offset bytes from the start of the storage
 */
public record Operand(int storage, long offset) {
  public MemorySegment segment(Frame frame) {
    return frame.segment(storage);
  }

  /** Byte offset of the value in {@link #segment}. */
  public long at(Frame frame) {
    return frame.offset(storage) + offset;
  }
}
