package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Adds up columns of blocks into pictures: what a convolution takes apart. Inputs: x [n, c * block
 * elements, blocks]; extents of the picture, I64; extents of a block, I64.
 *
 * @param pads all before, then all after; empty for 0
 * @param dims the output's
 */
public record Col2Im(List<Long> dilations, List<Long> pads, List<Long> strides, List<Dim> dims)
    implements OnnxOp {
  public Col2Im {
    dilations = List.copyOf(dilations);
    pads = List.copyOf(pads);
    strides = List.copyOf(strides);
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Col2Im";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("dilations", dilations, "pads", pads, "strides", strides);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.integer(this, inputs, 2);
    int axes = dims.size() - 2;
    Infer.check(
        this,
        x.rank() == 3
            && dilations.size() == axes
            && strides.size() == axes
            && pads.size() == 2 * axes,
        "%s becomes %s",
        x,
        dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] picture = Parameters.longs(call.input(1));
    long[] block = Parameters.longs(call.input(2));
    int axes = picture.length;
    long elements = Arrays.stream(block).reduce(1, Math::multiplyExact);
    long[] count = new long[axes];
    for (int d = 0; d < axes; d++) {
      long span = dilations.get(d) * (block[d] - 1) + 1;
      count[d] = (picture[d] + pads.get(d) + pads.get(d + axes) - span) / strides.get(d) + 1;
    }
    Shape blocks = Parameters.shape(this, count);
    Shape inside = Parameters.shape(this, block);
    long planes = x.shape().dim(0) * x.shape().dim(1) / Math.max(1, elements);
    if (x.shape().dim(1) % elements != 0 || x.shape().dim(2) != blocks.elements()) {
      throw new GraphException("%s is no %s blocks of %s".formatted(x.shape(), blocks, inside));
    }
    long[] shape = new long[axes + 2];
    shape[0] = x.shape().dim(0);
    shape[1] = x.shape().dim(1) / elements;
    System.arraycopy(picture, 0, shape, 2, axes);
    double[] y = new double[(int) Parameters.shape(this, shape).elements()];
    long[] place = Broadcast.strides(Shape.of(picture));
    long plane = Arrays.stream(picture).reduce(1, Math::multiplyExact);
    int at = 0;
    for (long p = 0; p < planes; p++) {
      long[] element = new long[axes];
      for (long e = 0; e < elements; e++) {
        long[] index = new long[axes];
        for (long l = 0; l < blocks.elements(); l++) {
          long to = p * plane;
          boolean within = true;
          for (int d = 0; d < axes; d++) {
            long i = index[d] * strides.get(d) - pads.get(d) + element[d] * dilations.get(d);
            within &= i >= 0 && i < picture[d];
            to += i * place[d];
          }
          if (within) {
            y[(int) to] += x.values()[at];
          }
          at++;
          Broadcast.next(index, blocks);
        }
        Broadcast.next(element, inside);
      }
    }
    return List.of(new Array(x.dtype(), Shape.of(shape), y));
  }
}
