package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Loops that do nothing useful as fast as a kernel set can, for rooflines. Thread-safe. */
public interface PeakKernels {
  /** Bytes of the data of {@link #multiplyAdds}. */
  int DATA_BYTES = 1 << 15;

  /** What is multiplied: {@code int8}, {@code f32}. */
  String arithmetic();

  /** Reads memory from its beginning to its end; the result depends on all of it. */
  long read(MemorySegment memory);

  /**
   * Multiplies and adds for so many rounds.
   *
   * @param data {@link #DATA_BYTES} bytes below 16; overwritten
   * @return how many multiply-adds
   */
  long multiplyAdds(int rounds, MemorySegment data);
}
