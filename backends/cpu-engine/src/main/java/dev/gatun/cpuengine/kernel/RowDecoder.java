package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Decodes rows of a stored matrix to F32. Holds working memory: one per worker. */
public interface RowDecoder {
  /** What runs, for plans and profiles: {@code scalar.decode}. */
  String name();

  /**
   * Decodes one row.
   *
   * @param stored any segment, also a mapped file or the heap
   * @param storedOffset where the row starts
   */
  void decode(MemorySegment stored, long storedOffset, MemorySegment y, long yOffset);
}
