package dev.gatun.formats.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Little-endian fields of a header, growing. */
final class HeaderWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  HeaderWriter bytes(byte[] bytes, int from, int length) {
    out.write(bytes, from, length);
    return this;
  }

  /** The low {@code size} bytes of a number. */
  HeaderWriter number(long bits, int size) {
    for (int i = 0; i < size; i++) {
      out.write((int) (bits >> (8 * i)));
    }
    return this;
  }

  HeaderWriter i32(long value) {
    return number(value, 4);
  }

  HeaderWriter i64(long value) {
    return number(value, 8);
  }

  HeaderWriter string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return i64(bytes.length).bytes(bytes, 0, bytes.length);
  }

  /** Zeros up to a multiple of {@code alignment}. */
  HeaderWriter pad(int alignment) {
    while (out.size() % alignment != 0) {
      out.write(0);
    }
    return this;
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(out.toByteArray());
  }
}
