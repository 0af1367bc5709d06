package dev.gatun.formats.onnx;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of a protocol buffer being written: the counterpart of {@link Wire}. Small fields are
 * gathered in memory; large ones stay where they are until {@link #pieces} are written, so that
 * weights are never copied to the heap.
 */
final class WireMessage {
  private final List<OnnxContent> pieces = new ArrayList<>();
  private ByteArrayOutputStream current = new ByteArrayOutputStream();
  private long closed;

  /** Bytes so far. */
  long byteSize() {
    return closed + current.size();
  }

  /** An integer, enumeration or boolean. */
  WireMessage number(int field, long value) {
    tag(field, Wire.VARINT);
    varint(value);
    return this;
  }

  WireMessage real(int field, float value) {
    tag(field, Wire.FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      current.write(bits >>> shift);
    }
    return this;
  }

  WireMessage text(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    tag(field, Wire.LENGTH);
    varint(bytes.length);
    current.writeBytes(bytes);
    return this;
  }

  WireMessage message(int field, WireMessage inner) {
    tag(field, Wire.LENGTH);
    varint(inner.byteSize());
    if (inner.pieces.isEmpty()) {
      current.writeBytes(inner.current.toByteArray());
      return this;
    }
    close();
    inner.close();
    pieces.addAll(inner.pieces);
    closed += inner.closed;
    return this;
  }

  /** A run of bytes, which is read when the message is written. */
  WireMessage content(int field, OnnxContent content) {
    tag(field, Wire.LENGTH);
    varint(content.byteSize());
    close();
    pieces.add(content);
    closed += content.byteSize();
    return this;
  }

  /** What to write, in order. */
  List<OnnxContent> pieces() {
    close();
    return List.copyOf(pieces);
  }

  private void close() {
    if (current.size() > 0) {
      pieces.add(OnnxContent.of(MemorySegment.ofArray(current.toByteArray())));
      closed += current.size();
      current = new ByteArrayOutputStream();
    }
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      current.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    current.write((int) rest);
  }
}
