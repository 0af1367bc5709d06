package dev.gatun.formats.onnx;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a TensorProto. Its elements stand in one of seven fields, or in another file. */
final class TensorParser {
  private static final int MAX_RANK = 64;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final ExternalData external;
  private final LongList dims = new LongList();
  private final LongList numbers = new LongList();
  private final Map<String, String> place = new HashMap<>();
  private String name = "";
  private long type;
  private long location;
  private MemorySegment raw;

  private TensorParser(String file, ExternalData external) {
    this.file = file;
    this.external = external;
  }

  static OnnxTensor parse(Wire wire, long offset, String file, ExternalData external) {
    return new TensorParser(file, external).read(wire, offset);
  }

  private OnnxTensor read(Wire wire, long offset) {
    while (wire.next()) {
      switch (wire.field()) {
        case 1 -> wire.varints(dims);
        case 2 -> type = wire.varint();
        case 4 -> floats(wire);
        case 5, 7, 11 -> wire.varints(numbers);
        case 8 -> name = wire.text();
        case 9 -> raw = wire.bytes();
        case 10 -> wire.fixed64s(numbers);
        case 13 -> MessageParser.entry(wire.message(), place);
        case 14 -> location = wire.varint();
        default -> wire.skip();
      }
    }
    Shape shape = shape(wire);
    Optional<DType> dtype = ElementTypes.of(type);
    MemorySegment data = MemorySegment.NULL;
    if (dtype.isPresent()) {
      data = data(wire, dtype.get(), shape, offset);
    } else if (type == (int) type && ElementTypes.bits((int) type) > 0) {
      data = packed(wire, shape, offset);
    }
    return new OnnxTensor(file, offset, name, (int) Math.min(type, 1000), shape, data);
  }

  /** Packed floats are stored as a raw run of them. */
  private void floats(Wire wire) {
    if (wire.isBytes() && raw == null) {
      raw = wire.bytes();
    } else {
      wire.fixed32s(numbers);
    }
  }

  private Shape shape(Wire wire) {
    long[] extents = dims.toArray();
    if (extents.length > MAX_RANK) {
      throw wire.bad("tensor '%s' has %d dimensions".formatted(name, extents.length));
    }
    long elements = 1;
    for (long extent : extents) {
      if (extent < 0 || Math.multiplyHigh(elements, extent) != 0 || elements * extent < 0) {
        throw wire.bad("tensor '%s' has the extent %d".formatted(name, extent));
      }
      elements *= extent;
    }
    if (elements > Long.MAX_VALUE / 8) {
      throw wire.bad("tensor '%s' has too many elements".formatted(name));
    }
    return Shape.of(extents);
  }

  /** Elements of less than a byte: in the raw field, in a file, or packed in the numbers. */
  private MemorySegment packed(Wire wire, Shape shape, long offset) {
    long bytes = ElementTypes.packedBytes((int) type, shape.elements());
    MemorySegment data;
    if (location == 1) {
      data = outside(wire, bytes, offset);
    } else if (raw != null) {
      data = raw;
    } else {
      data = stored(wire, DType.U8, bytes);
    }
    if (data.byteSize() != bytes) {
      throw wire.bad(
          "tensor '%s' is %s %s and takes %d bytes, but has %d; the file is damaged"
              .formatted(name, ElementTypes.name(type), shape, bytes, data.byteSize()));
    }
    return data;
  }

  private MemorySegment outside(Wire wire, long bytes, long offset) {
    return external.read(
        place.getOrDefault("location", ""),
        number(wire, "offset", 0),
        number(wire, "length", bytes),
        offset);
  }

  private MemorySegment data(Wire wire, DType dtype, Shape shape, long offset) {
    long bytes = dtype.byteSize(shape.elements());
    MemorySegment data;
    if (location == 1) {
      data = outside(wire, bytes, offset);
    } else if (raw != null && numbers.isEmpty()) {
      data = raw;
    } else {
      data = stored(wire, dtype, bytes);
    }
    if (data.byteSize() != bytes) {
      throw wire.bad(
          "tensor '%s' is %s %s and takes %d bytes, but has %d; the file is damaged"
              .formatted(name, dtype, shape, bytes, data.byteSize()));
    }
    return data;
  }

  private long number(Wire wire, String key, long otherwise) {
    String text = place.get(key);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wire.bad("tensor '%s': %s is '%s', not a number".formatted(name, key, text));
    }
  }

  /** Elements that the file has one by one, in the storage of the type. */
  private MemorySegment stored(Wire wire, DType dtype, long bytes) {
    long[] values = numbers.toArray();
    int size = dtype.blockBytes();
    if ((long) values.length * size != bytes) {
      throw wire.bad(
          "tensor '%s' has %d elements where %d are said; the file is damaged"
              .formatted(name, values.length, bytes / size));
    }
    wire.charge(bytes);
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    for (int i = 0; i < values.length; i++) {
      long at = (long) i * size;
      switch (size) {
        case 1 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) values[i]);
        case 2 -> {
          data.set(ValueLayout.JAVA_BYTE, at, (byte) values[i]);
          data.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (values[i] >> 8));
        }
        case 4 -> data.set(INT, at, (int) values[i]);
        default -> data.set(LONG, at, values[i]);
      }
    }
    return data;
  }
}
