package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The different elements, or slices along an axis. Outputs: those; index I64 of the first of each;
 * for each element which one it is; how often each is there.
 *
 * @param axis from 0; empty for elements
 * @param sorted whether they are in ascending order, else in that of their first
 * @param count how many there are
 */
public record Unique(OptionalInt axis, boolean sorted, Dim count) implements OnnxOp {
  @Override
  public String type() {
    return "Unique";
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>(Map.of("sorted", sorted ? 1L : 0L));
    axis.ifPresent(number -> attributes.put("axis", (long) number));
    return attributes;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    List<Dim> dims = new ArrayList<>(axis.isEmpty() ? List.of(count) : x.dims());
    Dim all;
    if (axis.isPresent()) {
      int along = axis.getAsInt();
      Infer.check(this, along >= 0 && along < x.rank(), "axis %s outside %s", along, x);
      all = x.dim(along);
      dims.set(along, count);
    } else {
      all =
          x.dims().stream().allMatch(dim -> dim instanceof Dim.Fixed)
              ? Dim.of(x.maxElements())
              : new Dim.Symbol(count + "'", 0, x.maxElements(), true);
    }
    ValueType indices = ValueType.of(DType.I64, count);
    return List.of(new ValueType(x.dtype(), dims), indices, ValueType.of(DType.I64, all), indices);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines =
        axis.isPresent()
            ? Lines.of(x.shape(), axis.getAsInt())
            : new Lines(1, x.values().length, 1);
    Map<List<Double>, Integer> known = new HashMap<>();
    List<List<Double>> slices = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    int[] which = new int[lines.count()];
    for (int j = 0; j < lines.count(); j++) {
      List<Double> slice = new ArrayList<>();
      for (int o = 0; o < lines.outer(); o++) {
        for (int i = 0; i < lines.inner(); i++) {
          slice.add(x.values()[lines.at(o, j, i)] + 0.0);
        }
      }
      Integer number = known.putIfAbsent(slice, slices.size());
      if (number == null) {
        which[j] = slices.size();
        slices.add(slice);
        first.add(j);
      } else {
        which[j] = number;
      }
    }
    Integer[] order = new Integer[slices.size()];
    Arrays.setAll(order, i -> i);
    if (sorted) {
      Arrays.sort(order, (a, b) -> compare(slices.get(a), slices.get(b)));
    }
    int[] rank = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      rank[order[i]] = i;
    }
    double[] counts = new double[order.length];
    double[] inverse = new double[which.length];
    for (int j = 0; j < which.length; j++) {
      inverse[j] = rank[which[j]];
      counts[rank[which[j]]]++;
    }
    Lines result = new Lines(lines.outer(), order.length, lines.inner());
    double[] y = new double[lines.outer() * order.length * lines.inner()];
    double[] indices = new double[order.length];
    for (int j = 0; j < order.length; j++) {
      indices[j] = first.get(order[j]);
      for (int k = 0; k < lines.outer() * lines.inner(); k++) {
        y[result.at(k / lines.inner(), j, k % lines.inner())] = slices.get(order[j]).get(k);
      }
    }
    long[] dims = axis.isPresent() ? x.shape().toArray() : new long[1];
    dims[axis.orElse(0)] = order.length;
    Shape number = Shape.of(order.length);
    return List.of(
        new Array(x.dtype(), Shape.of(dims), y),
        new Array(DType.I64, number, indices),
        new Array(DType.I64, Shape.of(which.length), inverse),
        new Array(DType.I64, number, counts));
  }

  private static int compare(List<Double> a, List<Double> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = Double.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
