package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.engine.finish.FinishPart;
import dev.gatun.engine.memory.Operand;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What happens to a result while it is in the cache: activation, sum with another value.
 *
 * @param others values of the result's shape that parts read
 */
public record Epilogue(List<FinishPart> parts, List<Operand> others) {
  public static final Epilogue NONE = new Epilogue(List.of(), List.of());

  public Epilogue {
    parts = List.copyOf(parts);
    others = List.copyOf(others);
  }

  /**
   * The same for a part of the result.
   *
   * @param element index of the part's first element in the result
   */
  Finish from(Frame frame, long element) {
    if (parts.isEmpty()) {
      return Finish.NONE;
    }
    var segments = new MemorySegment[others.size()];
    var offsets = new long[segments.length];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = others.get(i).segment(frame);
      offsets[i] = others.get(i).at(frame) + 4 * element;
    }
    return new Finish(parts, segments, offsets);
  }
}
