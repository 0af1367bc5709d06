package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.Convolution;
import dev.gatun.cpuengine.kernel.ConvolutionKernel;
import dev.gatun.cpuengine.kernel.Finish;
import dev.gatun.cpuengine.kernel.WindowGeometry;
import dev.gatun.engine.finish.FinishPart;
import java.lang.foreign.MemorySegment;

/** Element by element, by the definition. */
final class ScalarConvolution implements ConvolutionKernel {
  @Override
  public void pack(
      MemorySegment weights,
      long weightsAt,
      int out,
      int depth,
      MemorySegment packed,
      long packedAt) {
    MemorySegment.copy(weights, weightsAt, packed, packedAt, 4L * out * depth);
  }

  @Override
  public long scratchBytes(WindowGeometry windows, int in, int rows, int columns, int parts) {
    return 0;
  }

  @Override
  public void convolve(Convolution c, Convolution.Piece p, MemorySegment scratch, long scratchAt) {
    WindowGeometry g = c.windows();
    for (int channel = p.fromChannel(); channel < p.toChannel(); channel++) {
      float bias = Floats.get(c.bias(), c.biasAt(), channel);
      for (int row = p.fromRow(); row < p.toRow(); row++) {
        for (int column = p.fromColumn(); column < p.toColumn(); column++) {
          int[] window = {p.plane(), row, column};
          long at = (((long) channel * g.out[0] + p.plane()) * g.out[1] + row) * g.out[2] + column;
          float sum = bias;
          int first = c.depthwise() ? channel / c.out() : 0;
          for (int in = 0; in < c.in(); in++) {
            sum = taps(c, first + in, ((long) channel * c.in() + in) * g.taps(), window, sum);
          }
          Floats.set(c.y(), c.yAt(), at, finished(c.finish(), sum, at));
        }
      }
    }
  }

  private static float taps(Convolution c, int channel, long weight, int[] window, float start) {
    WindowGeometry g = c.windows();
    float sum = start;
    for (int tap = 0; tap < g.taps(); tap++) {
      int plane = g.at(0, window[0], tap / (g.kernel[1] * g.kernel[2]));
      int row = g.at(1, window[1], tap / g.kernel[2] % g.kernel[1]);
      int column = g.at(2, window[2], tap % g.kernel[2]);
      boolean inside =
          plane >= 0
              && plane < g.in[0]
              && row >= 0
              && row < g.in[1]
              && column >= 0
              && column < g.in[2];
      if (inside) {
        long at = (((long) channel * g.in[0] + plane) * g.in[1] + row) * g.in[2] + column;
        float factor = Floats.get(c.weights(), c.weightsAt(), weight + tap);
        sum = Math.fma(factor, Floats.get(c.x(), c.xAt(), at), sum);
      }
    }
    return sum;
  }

  @Override
  public void finish(
      Finish finish,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long element,
      int count,
      MemorySegment scratch,
      long scratchAt) {
    for (int i = 0; i < count; i++) {
      float value = finished(finish, Floats.get(x, xAt, i), element + i);
      Floats.set(y, yAt, element + i, value);
    }
  }

  private static float finished(Finish finish, float value, long element) {
    float y = value;
    for (FinishPart part : finish.parts()) {
      y =
          switch (part) {
            case FinishPart.Curve curve -> curve(curve, y);
            case FinishPart.Function function -> (float) Functions.unary(function.function(), y);
            case FinishPart.Other other -> {
              int index = other.other();
              float z = Floats.get(finish.others()[index], finish.othersAt()[index], element);
              yield (float)
                  (other.reversed()
                      ? Functions.binary(other.function(), z, y)
                      : Functions.binary(other.function(), y, z));
            }
          };
    }
    return y;
  }

  private static float curve(FinishPart.Curve curve, float y) {
    float u = Math.fma(y, curve.factor(), curve.shift());
    u = u < curve.low() ? curve.low() : u;
    u = u > curve.high() ? curve.high() : u;
    return Math.fma(curve.gated() ? y * u : u, curve.lastFactor(), curve.lastShift());
  }
}
