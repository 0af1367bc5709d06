package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.NormalizationKernels;
import java.lang.foreign.MemorySegment;

/** Normalizations with sums in double precision. */
final class ScalarNormalization implements NormalizationKernels {
  @Override
  public void rms(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      double squares = 0;
      for (int i = 0; i < columns; i++) {
        double value = Floats.get(x, from, i);
        squares += value * value;
      }
      float factor = (float) (1 / Math.sqrt(squares / columns + epsilon));
      for (int i = 0; i < columns; i++) {
        Floats.set(y, to, i, Floats.get(x, from, i) * factor * Floats.get(scale, scaleOffset, i));
      }
    }
  }

  @Override
  public void layer(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      double sum = 0;
      for (int i = 0; i < columns; i++) {
        sum += Floats.get(x, from, i);
      }
      double mean = sum / columns;
      double squares = 0;
      for (int i = 0; i < columns; i++) {
        double centred = Floats.get(x, from, i) - mean;
        squares += centred * centred;
      }
      float factor = (float) (1 / Math.sqrt(squares / columns + epsilon));
      for (int i = 0; i < columns; i++) {
        float value = (float) (Floats.get(x, from, i) - mean) * factor;
        value *= Floats.get(scale, scaleOffset, i);
        if (bias != null) {
          value += Floats.get(bias, biasOffset, i);
        }
        Floats.set(y, to, i, value);
      }
    }
  }
}
