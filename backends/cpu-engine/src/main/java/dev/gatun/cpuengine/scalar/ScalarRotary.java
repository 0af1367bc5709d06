package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.RotaryKernel;
import java.lang.foreign.MemorySegment;

/** Rotates pair by pair. */
final class ScalarRotary implements RotaryKernel {
  @Override
  public void rotate(
      MemorySegment x,
      long xOffset,
      MemorySegment table,
      long cosine,
      long sine,
      MemorySegment y,
      long yOffset,
      int heads,
      int headDim,
      int offset,
      int rotaryDim,
      boolean interleaved,
      int fromRow,
      int toRow) {
    int half = rotaryDim / 2;
    int step = interleaved ? 2 : 1;
    int distance = interleaved ? 1 : half;
    for (int row = fromRow; row < toRow; row++) {
      long cos = cosine + 4L * row * half;
      long sin = sine + 4L * row * half;
      for (int head = 0; head < heads; head++) {
        long from = xOffset + 4L * ((long) row * heads + head) * headDim;
        long to = yOffset + 4L * ((long) row * heads + head) * headDim;
        for (int i = 0; i < half; i++) {
          int first = offset + i * step;
          int second = first + distance;
          float a = Floats.get(x, from, first);
          float b = Floats.get(x, from, second);
          float c = Floats.get(table, cos, i);
          float s = Floats.get(table, sin, i);
          Floats.set(y, to, first, a * c - b * s);
          Floats.set(y, to, second, a * s + b * c);
        }
        copy(x, from, y, to, 0, offset);
        copy(x, from, y, to, offset + rotaryDim, headDim);
      }
    }
  }

  private static void copy(MemorySegment x, long from, MemorySegment y, long to, int i, int end) {
    MemorySegment.copy(x, from + 4L * i, y, to + 4L * i, 4L * (end - i));
  }
}
