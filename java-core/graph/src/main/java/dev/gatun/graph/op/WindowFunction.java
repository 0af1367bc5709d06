package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * A window of a computed length. Input: its length, I32 or I64 scalar.
 *
 * @param periodic whether it is one period of a cosine, else symmetric
 * @param dtype of the output
 * @param length the output's extent
 */
public record WindowFunction(Kind kind, boolean periodic, DType dtype, Dim length)
    implements OnnxOp {
  /** Sums of cosines: {@code a - b cos(t) + c cos(2 t)}. */
  public enum Kind {
    HANN("HannWindow", 0.5, 0.5, 0),
    HAMMING("HammingWindow", 25.0 / 46, 21.0 / 46, 0),
    BLACKMAN("BlackmanWindow", 0.42, 0.5, 0.08);

    private final String onnxName;
    private final double a;
    private final double b;
    private final double c;

    Kind(String onnxName, double a, double b, double c) {
      this.onnxName = onnxName;
      this.a = a;
      this.b = b;
      this.c = c;
    }

    public String onnxName() {
      return onnxName;
    }

    double at(double t) {
      return a - b * Math.cos(t) + c * Math.cos(2 * t);
    }
  }

  @Override
  public String type() {
    return kind.onnxName();
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("periodic", periodic ? 1L : 0L, "output_datatype", OnnxTypes.number(dtype));
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    Infer.integer(this, inputs, 0);
    return List.of(ValueType.of(dtype, length));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Shape shape = Parameters.shape(this, (long) call.input(0).scalar());
    double[] y = new double[(int) shape.elements()];
    double period = periodic ? y.length : y.length - 1.0;
    for (int i = 0; i < y.length; i++) {
      double value = kind.at(2 * Math.PI * i / period);
      y[i] = dtype.isFloat() ? value : Elements.round(dtype, value);
    }
    return List.of(new Array(dtype, shape, y));
  }
}
