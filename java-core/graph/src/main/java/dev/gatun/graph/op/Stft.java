package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Short-time Fourier transform. Inputs: signal [n, length, 1 or 2]; step between frames I64; window
 * [frame], optional; length of a frame I64, optional when there is a window.
 *
 * @param dims the output's: [n, frames, bins, 2]
 */
public record Stft(boolean onesided, List<Dim> dims) implements OnnxOp {
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
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int step = (int) call.input(1).scalar();
    Array window = call.input(2);
    int frame =
        call.input(3) != null
            ? (int) call.input(3).scalar()
            : Math.toIntExact(window == null ? x.shape().dim(1) : window.shape().dim(0));
    int length = Math.toIntExact(x.shape().dim(1));
    int parts = Math.toIntExact(x.shape().dim(2));
    if (step < 1
        || frame < 1
        || frame > length
        || (window != null && window.values().length != frame)) {
      throw new GraphException("frames of %d each %d of %s".formatted(frame, step, x.shape()));
    }
    int frames = 1 + (length - frame) / step;
    int bins = onesided ? frame / 2 + 1 : frame;
    int batch = Math.toIntExact(x.shape().dim(0));
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
    return List.of(new Array(x.dtype(), Shape.of(batch, frames, bins, 2), y));
  }
}
