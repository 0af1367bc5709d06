package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A TensorProto. Of a file: a view of the mapped file, of a file beside it, or, where the file has
 * the numbers one by one, a copy on the heap; usable as long as its {@link OnnxFile} is open. Of a
 * model that is to be written: any {@link OnnxContent}.
 */
public final class OnnxTensor {
  private final String file;
  private final long offset;
  private final String name;
  private final int type;
  private final Shape shape;
  private final OnnxContent content;

  OnnxTensor(String file, long offset, String name, int type, Shape shape, MemorySegment data) {
    this(file, offset, name, type, shape, OnnxContent.of(data));
  }

  private OnnxTensor(
      String file, long offset, String name, int type, Shape shape, OnnxContent content) {
    this.file = file;
    this.offset = offset;
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.content = content;
  }

  /**
   * A tensor to be written.
   *
   * @param dtype one that ONNX has
   */
  public static OnnxTensor of(String name, DType dtype, Shape shape, OnnxContent content) {
    if (content.byteSize() != dtype.byteSize(shape.elements())) {
      throw new IllegalArgumentException(
          "%s %s takes %d bytes, not %d"
              .formatted(dtype, shape, dtype.byteSize(shape.elements()), content.byteSize()));
    }
    return new OnnxTensor("", -1, name, ElementTypes.number(dtype), shape, content);
  }

  /**
   * A tensor of whole numbers of less than a byte, to be written: the first in the lowest bits.
   *
   * @param type element type, of those that {@link ElementTypes#bits} knows
   */
  public static OnnxTensor packed(String name, int type, Shape shape, OnnxContent content) {
    if (content.byteSize() != ElementTypes.packedBytes(type, shape.elements())) {
      throw new IllegalArgumentException(
          "%s %s takes %d bytes, not %d"
              .formatted(
                  ElementTypes.name(type),
                  shape,
                  ElementTypes.packedBytes(type, shape.elements()),
                  content.byteSize()));
    }
    return new OnnxTensor("", -1, name, type, shape, content);
  }

  /** {@link #of(String, DType, Shape, OnnxContent)} of a tensor, which is borrowed. */
  public static OnnxTensor of(String name, Tensor tensor) {
    return of(name, tensor.dtype(), tensor.shape(), OnnxContent.of(tensor.data()));
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return shape;
  }

  /** Number of the element type, as TensorProto has it. */
  public int elementType() {
    return type;
  }

  /** The bytes as they are stored. */
  public OnnxContent content() {
    return content;
  }

  /** The same elements under another name. */
  public OnnxTensor renamed(String other) {
    return new OnnxTensor(file, offset, other, type, shape, content);
  }

  /**
   * The elements. Those of less than a byte are given as bytes.
   *
   * @throws ModelFormatException when they are of a type that Gatun has none for, such as strings
   */
  public Tensor tensor() {
    if (ElementTypes.bits(type) > 0) {
      return PackedElements.unpack(type, shape, content);
    }
    DType dtype =
        ElementTypes.of(type)
            .orElseThrow(() ->
                new ModelFormatException(
                    file,
                    offset,
                    "tensor '%s' is of element type %s, which is not supported"
                        .formatted(name, ElementTypes.name(type))));
    if (content instanceof OnnxContent.Stored(MemorySegment data)) {
      return new Tensor(dtype, shape, data);
    }
    MemorySegment data = Arena.ofAuto().allocate(Math.max(1, content.byteSize()), 64);
    data = data.asSlice(0, content.byteSize());
    content.write(data);
    return new Tensor(dtype, shape, data);
  }
}
