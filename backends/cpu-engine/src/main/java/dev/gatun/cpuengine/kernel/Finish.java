package dev.gatun.cpuengine.kernel;

import dev.gatun.engine.finish.FinishPart;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What happens to results, in order, and where the other values are that it reads.
 *
 * @param others segments of the other values
 * @param othersAt where their elements are that belong to the first element of the result
 */
@SuppressWarnings("ArrayRecordComponent") // Filled anew for every call; nobody compares it.
public record Finish(List<FinishPart> parts, MemorySegment[] others, long[] othersAt) {
  /** Does nothing. */
  public static final Finish NONE = new Finish(List.of(), new MemorySegment[0], new long[0]);
}
