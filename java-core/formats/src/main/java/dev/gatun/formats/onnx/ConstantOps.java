package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Operators that give numbers of the file. */
final class ConstantOps {
  private static final long MAX_FILL = 1 << 24;

  private ConstantOps() {}

  static void register(OpImporters ops) {
    ops.add("Constant", ConstantOps::constant);
    ops.add("ConstantOfShape", ConstantOps::fill);
  }

  private static List<Imported> constant(NodeScope node) {
    for (OnnxAttribute attribute : node.node().attributes().values()) {
      Tensor tensor =
          switch (attribute) {
            case OnnxAttribute.OfTensor(OnnxTensor value) -> value.tensor();
            case OnnxAttribute.Int(long value) -> Tensor.ofLongs(Shape.of(), value);
            case OnnxAttribute.Real(float value) -> Tensor.ofFloats(Shape.of(), value);
            case OnnxAttribute.Ints(List<Long> values) ->
                Tensor.ofLongs(
                    Shape.of((long) values.size()),
                    values.stream().mapToLong(Long::longValue).toArray());
            case OnnxAttribute.Floats(List<Float> values) -> floats(values);
            default -> null;
          };
      if (tensor != null) {
        return List.of(new Known(tensor));
      }
    }
    throw node.unsupported("its value is of a kind that Gatun does not read");
  }

  private static Tensor floats(List<Float> values) {
    float[] copy = new float[values.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values.get(i);
    }
    return Tensor.ofFloats(Shape.of((long) copy.length), copy);
  }

  private static List<Imported> fill(NodeScope node) {
    List<Size> sizes =
        node.sizes(0).orElseThrow(() -> node.unsupported("its shape is computed")).sizes();
    long[] dims = new long[sizes.size()];
    long elements = 1;
    for (int i = 0; i < dims.length; i++) {
      if (!(sizes.get(i) instanceof Size.Whole(long size)) || size < 0) {
        throw node.unsupported("its shape is " + sizes);
      }
      dims[i] = size;
      elements = Math.multiplyExact(elements, size);
    }
    if (elements > MAX_FILL) {
      throw node.unsupported("it fills %d elements".formatted(elements));
    }
    Tensor value =
        switch (node.node().attributes().get("value")) {
          case OnnxAttribute.OfTensor(OnnxTensor tensor) -> tensor.tensor();
          case null, default -> Tensor.ofFloats(Shape.of(1), 0);
        };
    DType dtype = value.dtype();
    if (value.shape().elements() != 1) {
      throw node.bad("fills with %s".formatted(value.shape()));
    }
    int size = dtype.blockBytes();
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(elements * size)]);
    for (long i = 0; i < elements; i++) {
      MemorySegment.copy(value.data(), 0, data, i * size, size);
    }
    return List.of(new Known(new Tensor(dtype, Shape.of(dims), data)));
  }
}
