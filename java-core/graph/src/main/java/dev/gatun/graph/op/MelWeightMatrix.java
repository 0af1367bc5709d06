package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Weights that make mel bins of the bins of a spectrum. Inputs, all scalars: number of mel bins,
 * length of the transform, sample rate, lowest and highest frequency in hertz.
 *
 * @param dtype of the output
 * @param dims the output's: [spectrum bins, mel bins]
 */
public record MelWeightMatrix(DType dtype, List<Dim> dims) implements OnnxOp {
  public MelWeightMatrix {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "MelWeightMatrix";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("output_datatype", OnnxTypes.number(dtype));
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    for (int i = 0; i < 3; i++) {
      Infer.integer(this, inputs, i);
    }
    return List.of(new ValueType(dtype, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    int mels = (int) call.input(0).scalar();
    int transform = (int) call.input(1).scalar();
    double rate = call.input(2).scalar();
    int bins = transform / 2 + 1;
    Shape shape = Parameters.shape(this, bins, mels);
    double low = mel(call.input(3).scalar());
    double high = mel(call.input(4).scalar());
    double step = (high - low) / (mels + 2);
    long[] edges = new long[mels + 2];
    for (int i = 0; i < edges.length; i++) {
      double hertz = 700 * (Math.pow(10, (i * step + low) / 2595) - 1);
      edges[i] = (long) Math.floor((transform + 1) * hertz / rate);
    }
    double[] y = new double[(int) shape.elements()];
    for (int i = 0; i < mels; i++) {
      long left = edges[i];
      long peak = edges[i + 1];
      long right = edges[i + 2];
      for (long j = left; j <= peak && j < bins; j++) {
        if (peak > left) {
          y[(int) j * mels + i] = (double) (j - left) / (peak - left);
        } else if (j == peak) {
          y[(int) j * mels + i] = 1;
        }
      }
      for (long j = peak; j < right && j < bins && right > peak; j++) {
        y[(int) j * mels + i] = (double) (right - j) / (right - peak);
      }
    }
    return List.of(new Array(dtype, shape, y));
  }

  private static double mel(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
