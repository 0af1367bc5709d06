package dev.gatun.formats.onnx;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whole numbers of two or four bits, as bytes. */
final class PackedElements {
  private PackedElements() {}

  static Tensor unpack(int type, Shape shape, OnnxContent content) {
    int bits = ElementTypes.bits(type);
    boolean signed = type == ElementTypes.INT4 || type == ElementTypes.INT2;
    MemorySegment packed = MemorySegment.ofArray(new byte[Math.toIntExact(content.byteSize())]);
    content.write(packed);
    long elements = shape.elements();
    MemorySegment target = Arena.ofAuto().allocate(Math.max(1, elements), 64);
    int each = 8 / bits;
    for (long i = 0; i < elements; i++) {
      int code = packed.get(ValueLayout.JAVA_BYTE, i / each) >> (i % each * bits);
      int unused = 32 - bits;
      // The sign is the highest bit of the code.
      int value = signed ? code << unused >> unused : code << unused >>> unused;
      target.set(ValueLayout.JAVA_BYTE, i, (byte) value);
    }
    return new Tensor(signed ? DType.I8 : DType.U8, shape, target.asSlice(0, elements));
  }
}
