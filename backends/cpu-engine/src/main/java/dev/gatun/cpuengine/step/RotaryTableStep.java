package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Cosines, then sines, of {@code position * inverseFrequency}, times a magnitude: computed once per
 * submission for all layers that turn by the same angles.
 *
 * @param table [2, rows, half]
 * @param half number of angles of a row
 */
public record RotaryTableStep(
    StepInfo info,
    Operand positions,
    Operand inverseFrequencies,
    float magnitude,
    Operand table,
    Extent rows,
    int half)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    MemorySegment frequencies = inverseFrequencies.segment(frame);
    long frequenciesAt = inverseFrequencies.at(frame);
    MemorySegment y = table.segment(frame);
    long cosine = table.at(frame);
    long sine = cosine + 4L * rows.of(frame) * half;
    for (int row = from; row < to; row++) {
      int position =
          positions
              .segment(frame)
              .get(ValueLayout.JAVA_INT_UNALIGNED, positions.at(frame) + 4L * row);
      for (int i = 0; i < half; i++) {
        long shift = 4L * ((long) row * half + i);
        double angle =
            position
                * (double)
                    frequencies.get(ValueLayout.JAVA_FLOAT_UNALIGNED, frequenciesAt + 4L * i);
        float c = (float) (Math.cos(angle) * magnitude);
        float s = (float) (Math.sin(angle) * magnitude);
        y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, cosine + shift, c);
        y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, sine + shift, s);
      }
    }
  }
}
