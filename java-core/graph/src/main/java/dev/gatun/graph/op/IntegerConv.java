package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A convolution of I8 or U8 (ONNX ConvInteger and QLinearConv).
 *
 * <p>ConvInteger: inputs x [N, C, ..]; weights [M, C / groups, ..]; zero points of x, one number,
 * and of the weights, one or [M]; absent for 0. Output I32.
 *
 * <p>QLinearConv: inputs x, its scale, its zero point; weights, their scale, their zero point, one
 * or [M]; the output's scale and zero point, whose dtype the output has; bias I32 [M], optional.
 *
 * @param groups channels are divided into so many groups that do not meet
 * @param quantized QLinearConv; else ConvInteger
 */
public record IntegerConv(Windows windows, int groups, boolean quantized) implements OnnxOp {
  @Override
  public String type() {
    return quantized ? "QLinearConv" : "ConvInteger";
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>();
    attributes.put("kernel_shape", windows.kernel());
    attributes.put("strides", windows.strides());
    attributes.put("dilations", windows.dilations());
    attributes.put("group", (long) groups);
    if (windows.auto() == Windows.Auto.NOTSET) {
      List<Long> pads = new ArrayList<>(windows.padBegin());
      pads.addAll(windows.padEnd());
      attributes.put("pads", pads);
    } else {
      attributes.put("auto_pad", windows.auto().name());
    }
    return attributes;
  }

  private Conv conv() {
    return new Conv(windows, groups);
  }

  private int weights() {
    return quantized ? 3 : 1;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    ValueType w = Infer.plain(this, inputs, weights());
    List<ValueType> real =
        List.of(new ValueType(DType.F64, x.dims()), new ValueType(DType.F64, w.dims()));
    DType dtype = quantized ? Infer.plain(this, inputs, 7).dtype() : DType.I32;
    Infer.check(this, !quantized || Saturation.isNarrow(dtype), "no quantization to %s", dtype);
    return List.of(new ValueType(dtype, conv().infer(real).getFirst().dims()));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    TypedShape w = inputs.get(weights());
    double perOutput = 2 * Costs.elements(w) / Math.max(1, w.shape().dim(0));
    return Costs.streaming(perOutput * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Array w = call.input(weights());
    Array xZero = call.input(2);
    Array wZero = call.input(quantized ? 5 : 3);
    int perChannel = Math.toIntExact(w.shape().elements() / Math.max(1, w.shape().dim(0)));
    double zero = xZero == null ? 0 : xZero.scalar();
    double[] left = Arrays.stream(x.values()).map(value -> value - zero).toArray();
    double[] right = w.values().clone();
    for (int i = 0; i < right.length && wZero != null; i++) {
      right[i] -= perChannel(wZero, i / perChannel);
    }
    Array sums =
        conv()
            .reference(
                new Arguments(
                    List.of(
                        new Array(DType.F64, x.shape(), left),
                        new Array(DType.F64, w.shape(), right))))
            .getFirst();
    return List.of(
        quantized ? quantized(call, sums) : new Array(DType.I32, sums.shape(), sums.values()));
  }

  private static Array quantized(ReferenceCall call, Array sums) {
    Array bias = call.input(8);
    double scale = call.input(1).scalar() / call.input(6).scalar();
    double zero = call.input(7).scalar();
    DType dtype = call.input(7).dtype();
    Lines lines = Lines.of(sums.shape(), 1);
    double[] y = sums.values().clone();
    for (int i = 0; i < y.length; i++) {
      int channel = i / lines.inner() % lines.count();
      double sum = y[i] + (bias == null ? 0 : bias.values()[channel]);
      double factor = scale * perChannel(call.input(4), channel);
      y[i] = Saturation.saturate(dtype, Math.rint(sum * factor) + zero);
    }
    return new Array(dtype, sums.shape(), y);
  }

  private static double perChannel(Array numbers, int channel) {
    int count = numbers.values().length;
    if (count != 1 && channel >= count) {
      throw new GraphException("%d numbers for channel %d".formatted(count, channel));
    }
    return numbers.values()[count == 1 ? 0 : channel];
  }
}
