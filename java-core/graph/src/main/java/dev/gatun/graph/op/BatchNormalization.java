package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} per channel (ONNX
 * BatchNormalization). Inputs: x [N, C, ..] or [N]; scale, bias, mean, variance, each [C].
 *
 * @param training whether mean and variance are those of x: outputs 1 and 2 are then the running
 *     ones, {@code momentum} times the old and the rest the new
 */
public record BatchNormalization(double epsilon, double momentum, boolean training) implements Op {
  @Override
  public String type() {
    return "BatchNormalization";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.rank(this, x, 1);
    Dim channels = x.rank() == 1 ? Dim.of(1) : x.dim(1);
    for (int i = 1; i < 5; i++) {
      Infer.vector(this, inputs, i, channels);
    }
    return training ? List.of(x, inputs.get(3), inputs.get(4)) : List.of(x);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(2 * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Shape shape = x.shape();
    int channels = shape.rank() == 1 ? 1 : Math.toIntExact(shape.dim(1));
    int inner = shape.rank() == 1 ? 1 : Broadcast.product(shape, 2, shape.rank());
    double[] mean = call.input(3).values().clone();
    double[] variance = call.input(4).values().clone();
    double[] y = x.values().clone();
    if (training) {
      moments(y, channels, inner, mean, variance);
    }
    double[] scale = call.input(1).values();
    double[] bias = call.input(2).values();
    for (int i = 0; i < y.length; i++) {
      int c = i / inner % channels;
      y[i] = (y[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) * scale[c] + bias[c];
    }
    Array result = new Array(x.dtype(), shape, y);
    return training
        ? List.of(result, running(call.input(3), mean), running(call.input(4), variance))
        : List.of(result);
  }

  private static void moments(double[] x, int channels, int inner, double[] mean, double[] square) {
    int each = x.length / channels;
    java.util.Arrays.fill(mean, 0);
    java.util.Arrays.fill(square, 0);
    for (int i = 0; i < x.length; i++) {
      mean[i / inner % channels] += x[i] / each;
    }
    for (int i = 0; i < x.length; i++) {
      double difference = x[i] - mean[i / inner % channels];
      square[i / inner % channels] += difference * difference / each;
    }
  }

  private Array running(Array old, double[] now) {
    double[] mixed = old.values().clone();
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = mixed[i] * momentum + now[i] * (1 - momentum);
    }
    return new Array(old.dtype(), old.shape(), mixed);
  }
}
