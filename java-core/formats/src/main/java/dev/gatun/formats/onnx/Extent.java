package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Extents;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Sizes that something computes with: they become values of the graph. */
final class Extent {
  private Extent() {}

  static Value emit(GraphImporter graph, String name, Sizes sizes) {
    GraphBuilder builder = graph.builder();
    List<Dim> dims = new ArrayList<>();
    long[] rest = new long[sizes.sizes().size()];
    boolean negative = false;
    for (int i = 0; i < rest.length; i++) {
      switch (sizes.sizes().get(i)) {
        case Size.Extent(Dim dim) -> dims.add(dim);
        case Size.Whole(long number) -> {
          dims.add(Dim.of(Math.max(0, number)));
          rest[i] = Math.min(0, number);
          negative |= number < 0;
        }
      }
    }
    Value value =
        builder.node(name + ".extents", new Extents(dims, sizes.scalar()), graph.carriers(dims));
    if (negative) {
      Value more = builder.constant(name + ".negative", Tensor.ofLongs(shape(sizes), rest));
      value = builder.node(name + ".sum", new Binary(Binary.Function.ADD), value, more);
    }
    return sizes.dtype() == DType.I64
        ? value
        : builder.node(name + ".narrow", new Cast(sizes.dtype()), value);
  }

  private static Shape shape(Sizes sizes) {
    return sizes.scalar() ? Shape.of() : Shape.of((long) sizes.sizes().size());
  }
}
