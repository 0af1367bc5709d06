package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A TensorProto: a view of the mapped file, of a file beside it, or, where the file has the numbers
 * one by one, a copy on the heap. Usable as long as its {@link OnnxFile} is open.
 */
public final class OnnxTensor {
  private final String file;
  private final long offset;
  private final String name;
  private final int type;
  private final Shape shape;
  private final MemorySegment data;

  OnnxTensor(String file, long offset, String name, int type, Shape shape, MemorySegment data) {
    this.file = file;
    this.offset = offset;
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return shape;
  }

  /**
   * The elements.
   *
   * @throws ModelFormatException when they are of a type that Gatun has none for, such as strings
   */
  public Tensor tensor() {
    DType dtype =
        ElementTypes.of(type)
            .orElseThrow(() ->
                new ModelFormatException(
                    file,
                    offset,
                    "tensor '%s' is of element type %s, which is not supported"
                        .formatted(name, ElementTypes.name(type))));
    return new Tensor(dtype, shape, data);
  }
}
