package dev.gatun.formats.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a message of a protocol buffer, well formed or not. */
final class Message {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Message number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  Message text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  Message message(int field, Message inner) {
    return bytes(field, inner.bytes());
  }

  Message bytes(int field, byte[] bytes) {
    varint(((long) field << 3) | 2);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** A model of operator set 14 with this graph. */
  static Message model(Message graph) {
    return model(graph, 14);
  }

  static Message model(Message graph, long opset) {
    return new Message()
        .number(1, 7)
        .message(8, new Message().text(1, "").number(2, opset))
        .message(7, graph);
  }

  /** A node. */
  static Message node(String type, String input, String output) {
    return new Message().text(1, input).text(2, output).text(4, type);
  }

  /** An input or output: floats of these extents; a negative one has no size. */
  static Message value(String name, long... extents) {
    Message shape = new Message();
    for (long extent : extents) {
      shape.message(1, extent < 0 ? new Message() : new Message().number(1, extent));
    }
    Message tensor = new Message().number(1, 1).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
