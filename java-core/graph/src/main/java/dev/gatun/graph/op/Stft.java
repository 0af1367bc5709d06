package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Short-time Fourier transform. Inputs: signal [n, length, 1 or 2]; step between frames I64; window
 * [frame], optional; length of a frame I64, optional when there is a window.
 *
 * @param dims the output's: [n, frames, bins, 2]
 */
public record Stft(boolean onesided, List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public Stft {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "STFT";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("onesided", onesided ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.check(this, x.rank() == 3, "signal is %s", x);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1, 3);
  }

  /** Numbers from one frame to the next. */
  public int step(Sizing sizing) {
    return (int) sizing.number(1).scalar();
  }

  /** Numbers of a frame. */
  public int frame(Sizing sizing) {
    return sizing.number(3) != null
        ? (int) sizing.number(3).scalar()
        : Math.toIntExact(
            sizing.shape(2) == null ? sizing.shape(0).dim(1) : sizing.shape(2).dim(0));
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    Shape window = sizing.shape(2);
    int step = step(sizing);
    int frame = frame(sizing);
    if (step < 1
        || frame < 1
        || frame > x.dim(1)
        || (window != null && window.elements() != frame)) {
      throw new GraphException("frames of %d each %d of %s".formatted(frame, step, x));
    }
    int bins = onesided ? frame / 2 + 1 : frame;
    return List.of(Shape.of(x.dim(0), 1 + (x.dim(1) - frame) / step, bins, 2));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    var sizing = Sizing.of(call);
    Shape shape = shapes(sizing).getFirst();
    Array x = call.input(0);
    Array window = call.input(2);
    int step = step(sizing);
    int frame = frame(sizing);
    int length = Math.toIntExact(x.shape().dim(1));
    int parts = Math.toIntExact(x.shape().dim(2));
    int batch = Math.toIntExact(shape.dim(0));
    int frames = Math.toIntExact(shape.dim(1));
    int bins = Math.toIntExact(shape.dim(2));
    double[] y = new double[batch * frames * bins * 2];
    double[] line = new double[2 * frame];
    for (int n = 0; n < batch; n++) {
      for (int f = 0; f < frames; f++) {
        for (int j = 0; j < frame; j++) {
          int at = (n * length + f * step + j) * parts;
          double factor = window == null ? 1 : window.values()[j];
          line[2 * j] = x.values()[at] * factor;
          line[2 * j + 1] = parts == 2 ? x.values()[at + 1] * factor : 0;
        }
        double[] bin = Fourier.transform(line, frame, bins, false);
        System.arraycopy(bin, 0, y, (n * frames + f) * bins * 2, bin.length);
      }
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
