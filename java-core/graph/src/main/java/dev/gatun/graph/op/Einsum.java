package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sum of products by Einstein's convention, as NumPy's einsum. Inputs: any number, of one dtype.
 *
 * @param equation such as {@code bij,bjk->bik}; an ellipsis stands for further axes
 */
public record Einsum(String equation) implements OnnxOp {
  @Override
  public String type() {
    return "Einsum";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("equation", equation);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType first = Infer.plain(this, inputs, 0);
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      ValueType x = Infer.plain(this, inputs, i);
      Infer.check(this, x.dtype() == first.dtype(), "inputs differ in dtype: %s, %s", first, x);
      ranks.add(x.rank());
    }
    EinsumTerms terms = EinsumTerms.parse(equation, ranks);
    Map<Integer, Dim> extents = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (int axis = 0; axis < ranks.get(i); axis++) {
        int label = terms.inputs().get(i).get(axis);
        Dim dim = inputs.get(i).dim(axis);
        Dim known = extents.get(label);
        Infer.check(
            this,
            known == null || known.is(1) || dim.is(1) || Infer.mayMeet(known, dim),
            "extents %s and %s differ",
            known,
            dim);
        extents.put(label, known == null || known.is(1) ? dim : known);
      }
    }
    return List.of(
        new ValueType(first.dtype(), terms.output().stream().map(extents::get).toList()));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    EinsumTerms terms = EinsumTerms.parse(equation, ranks(inputs));
    Map<Integer, Long> extents = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (int axis = 0; axis < terms.inputs().get(i).size(); axis++) {
        extents.merge(terms.inputs().get(i).get(axis), inputs.get(i).shape().dim(axis), Math::max);
      }
    }
    double products =
        extents.values().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    return Costs.streaming(products * inputs.size(), inputs, outputs);
  }

  private static List<Integer> ranks(List<TypedShape> inputs) {
    return inputs.stream().map(input -> input.shape().rank()).toList();
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    List<Array> inputs = call.inputs();
    EinsumTerms terms =
        EinsumTerms.parse(equation, inputs.stream().map(x -> x.shape().rank()).toList());
    TreeMap<Integer, Long> extents = new TreeMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      for (int axis = 0; axis < terms.inputs().get(i).size(); axis++) {
        extents.merge(terms.inputs().get(i).get(axis), inputs.get(i).shape().dim(axis), Math::max);
      }
    }
    // The output's labels first, so that each of its elements is one run of the others.
    List<Integer> order = new ArrayList<>(terms.output());
    extents.keySet().stream().filter(label -> !order.contains(label)).forEach(order::add);
    Shape whole = Shape.of(order.stream().mapToLong(extents::get).toArray());
    Shape shape = Shape.of(terms.output().stream().mapToLong(extents::get).toArray());
    Parameters.shape(this, whole.toArray());
    List<int[]> at = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      long[] own = Broadcast.strides(inputs.get(i).shape());
      long[] strides = new long[order.size()];
      for (int axis = 0; axis < own.length; axis++) {
        if (inputs.get(i).shape().dim(axis) != 1) {
          strides[order.indexOf(terms.inputs().get(i).get(axis))] += own[axis];
        }
      }
      at.add(Broadcast.offsets(whole, strides));
    }
    double[] y = new double[Math.toIntExact(shape.elements())];
    int run = y.length == 0 ? 0 : (int) (whole.elements() / y.length);
    for (int i = 0; i < y.length; i++) {
      double sum = 0;
      for (int j = 0; j < run; j++) {
        double product = 1;
        for (int k = 0; k < inputs.size(); k++) {
          product *= inputs.get(k).values()[at.get(k)[i * run + j]];
        }
        sum += product;
      }
      y[i] = sum;
    }
    return List.of(new Array(inputs.getFirst().dtype(), shape, y));
  }
}
