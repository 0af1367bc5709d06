package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One message of a protocol buffer, read field by field (the encoding is specified in Protocol
 * Buffers' "Encoding" page). Every length is checked against the message that it stands in, depth
 * and memory against the file's {@link Budget}.
 *
 * <pre>{@code
 * while (wire.next()) {
 *   switch (wire.field()) {
 *     case 1 -> version = wire.varint();
 *     default -> wire.skip();
 *   }
 * }
 * }</pre>
 */
final class Wire {
  /** Wire types. */
  static final int VARINT = 0;

  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private static final int MAX_DEPTH = 64;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Budget budget;
  private final MemorySegment data;
  private final long end;
  private final int depth;
  private long at;
  private long fieldAt;
  private int field;
  private int type;

  private Wire(Budget budget, MemorySegment data, long at, long end, int depth) {
    this.budget = budget;
    this.data = data;
    this.at = at;
    this.end = end;
    this.depth = depth;
  }

  /** What reading a file may take. */
  static final class Budget {
    private final String file;
    private long left;

    Budget(String file, long bytes) {
      this.file = file;
      this.left = bytes;
    }

    String file() {
      return file;
    }
  }

  /** The outermost message: the whole file. */
  static Wire file(Budget budget, MemorySegment data) {
    return new Wire(budget, data, 0, data.byteSize(), 0);
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() {
    if (at == end) {
      return false;
    }
    fieldAt = at;
    long tag = raw();
    field = (int) (tag >>> 3);
    type = (int) (tag & 7);
    if (tag >>> 35 != 0 || field == 0) {
      throw bad("is not a field of a protocol buffer; the file is damaged or no ONNX model");
    }
    return true;
  }

  int field() {
    return field;
  }

  /** Where the field begins in the file. */
  long offset() {
    return fieldAt;
  }

  /** Where the message ends. */
  boolean atEnd() {
    return at == end;
  }

  /** An integer. */
  long varint() {
    expect(VARINT);
    return raw();
  }

  /** A 32-bit field, as bits. */
  int fixed32() {
    expect(FIXED32);
    return fixedInt();
  }

  /** The bytes of a field, without a copy. */
  MemorySegment bytes() {
    expect(LENGTH);
    long size = length();
    MemorySegment slice = data.asSlice(at, size);
    at += size;
    return slice;
  }

  /** A text, decoded strictly. */
  String text() {
    MemorySegment bytes = bytes();
    charge(64 + 2 * bytes.byteSize());
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes.toArray(ValueLayout.JAVA_BYTE));
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(
          budget.file, fieldAt, "has a name that is not UTF-8; the file is damaged", e);
    }
  }

  /** The message in a field. */
  Wire message() {
    expect(LENGTH);
    if (depth == MAX_DEPTH) {
      throw bad("is nested deeper than " + MAX_DEPTH + " messages; such a model is not read");
    }
    long size = length();
    charge(160);
    Wire inner = new Wire(budget, data, at, at + size, depth + 1);
    at += size;
    return inner;
  }

  /** Numbers of a repeated field, packed or not, added to {@code target}. */
  void varints(LongList target) {
    if (type == VARINT) {
      charge(8);
      target.add(raw());
      return;
    }
    Wire packed = packed();
    while (!packed.atEnd()) {
      charge(8);
      target.add(packed.raw());
    }
  }

  /** Bits of a repeated field of 32-bit numbers, packed or not. */
  void fixed32s(LongList target) {
    if (type == FIXED32) {
      charge(8);
      target.add(fixedInt());
      return;
    }
    Wire packed = packed();
    while (!packed.atEnd()) {
      charge(8);
      target.add(packed.fixedInt());
    }
  }

  /** Bits of a repeated field of 64-bit numbers, packed or not. */
  void fixed64s(LongList target) {
    if (type == FIXED64) {
      charge(8);
      target.add(fixedLong());
      return;
    }
    Wire packed = packed();
    while (!packed.atEnd()) {
      charge(8);
      target.add(packed.fixedLong());
    }
  }

  /** Whether the field holds a run of bytes. */
  boolean isBytes() {
    return type == LENGTH;
  }

  /** Passes over a field that is not known. */
  void skip() {
    switch (type) {
      case VARINT -> raw();
      case FIXED64 -> fixedLong();
      case LENGTH -> {
        long size = length();
        at += size;
      }
      case FIXED32 -> fixedInt();
      default ->
          throw bad(
              "has wire type "
                  + type
                  + ", which ONNX does not use: it is no ONNX model, or is damaged");
    }
  }

  /** Counts memory that the reader takes on the file's word. */
  void charge(long bytes) {
    budget.left -= bytes;
    if (budget.left < 0) {
      throw bad("describes more than Gatun reads of a model's structure; the file is damaged");
    }
  }

  ModelFormatException bad(String what) {
    return new ModelFormatException(budget.file, fieldAt, what);
  }

  private Wire packed() {
    expect(LENGTH);
    long size = length();
    Wire inner = new Wire(budget, data, at, at + size, depth + 1);
    inner.fieldAt = fieldAt;
    at += size;
    return inner;
  }

  private void expect(int wanted) {
    if (type != wanted) {
      throw bad(
          "has field %d in wire type %d, not %d; the file is damaged"
              .formatted(field, type, wanted));
    }
  }

  private long length() {
    long size = raw();
    if (size < 0 || size > end - at) {
      throw bad(
          "says that %s bytes follow, and %d are left; the file is damaged or cut off"
              .formatted(Long.toUnsignedString(size), end - at));
    }
    return size;
  }

  private int fixedInt() {
    need(4);
    int bits = data.get(INT, at);
    at += 4;
    return bits;
  }

  private long fixedLong() {
    need(8);
    long bits = data.get(LONG, at);
    at += 8;
    return bits;
  }

  private void need(int bytes) {
    if (end - at < bytes) {
      throw bad("ends within a number; the file is damaged or cut off");
    }
  }

  private long raw() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      need(1);
      byte b = data.get(ValueLayout.JAVA_BYTE, at++);
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw bad("has a number of more than ten bytes; the file is damaged");
  }
}
