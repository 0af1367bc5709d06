package dev.gatun.formats.gguf;

import dev.gatun.formats.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the header of a GGUF file front to back, copying it from the mapping to the heap as far as
 * it goes: plain array reads are what a JVM that has just started does fastest, and the metadata
 * stays readable after the mapping is gone. Every read is checked against the end of the file
 * first.
 */
final class HeaderReader {
  /**
   * Largest header accepted. The largest known ones (a quarter of a million tokens with merges, or
   * an embedded tokenizer file) have a quarter of this.
   */
  static final int MAX_HEADER = 64 << 20;

  private static final int FIRST_CHUNK = 1 << 20;

  private final String file;
  private final MemorySegment segment;
  private byte[] bytes = {};
  private int at;

  HeaderReader(String file, MemorySegment segment) {
    this.file = file;
    this.segment = segment;
  }

  /** Where the next read takes place. */
  int position() {
    return at;
  }

  /** Bytes of the file after the position. */
  long remaining() {
    return segment.byteSize() - at;
  }

  /** A copy of the header as far as it has been read. */
  byte[] bytes() {
    return Arrays.copyOf(bytes, at);
  }

  /** Reads again what lies before the position. */
  int i32At(int earlier) {
    return Le.i32(bytes, earlier);
  }

  int u8(String what) {
    require(1, what);
    return bytes[at++] & 0xff;
  }

  int i32(String what) {
    require(4, what);
    int value = Le.i32(bytes, at);
    at += 4;
    return value;
  }

  long i64(String what) {
    require(8, what);
    long value = Le.i64(bytes, at);
    at += 8;
    return value;
  }

  /**
   * Reads the number of things in {@code what} that take {@code minimum} bytes each at least, and
   * refuses one that the rest of the file cannot hold.
   */
  int count(long minimum, String what) {
    long count = i64(what);
    if (count < 0 || count > remaining() / minimum) {
      throw new ModelFormatException(
          file,
          at - 8,
          "says that "
              + what
              + " has "
              + Long.toUnsignedString(count)
              + " elements, more than the rest of the file can hold; it is incomplete or damaged,"
              + " download it again");
    }
    if (count > MAX_HEADER / minimum) {
      throw tooLarge();
    }
    return (int) count;
  }

  /** Skips {@code size} bytes. */
  void skip(long size, String what) {
    require(size, what);
    at += (int) size;
  }

  /** Skips a string with its length. */
  void skipString(String what) {
    require(8, what);
    long length = Le.i64(bytes, at);
    if (length < 0 || length > remaining() - 8) {
      throw damaged(
          at,
          what
              + " says it has "
              + Long.toUnsignedString(length)
              + " bytes, more than the rest of the file");
    }
    require(8 + length, what);
    at += (int) (8 + length);
  }

  /** Reads a string of 1 to {@code most} bytes of UTF-8. */
  String name(int most, String what) {
    int start = at;
    skipString(what);
    int length = at - start - 8;
    if (length == 0 || length > most) {
      throw damaged(start, what + " has " + length + " bytes; 1 to " + most + " are allowed");
    }
    return decode(file, bytes, start + 8, length, what);
  }

  /** Decodes UTF-8 and refuses anything else. */
  static String decode(String file, byte[] bytes, int from, int length, String what) {
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      // Either the text contains this character or malformed bytes have been replaced by it.
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, from, length))
            .toString();
      } catch (CharacterCodingException e) {
        throw new ModelFormatException(
            file, from, what + " is not UTF-8; convert the model again", e);
      }
    }
    return text;
  }

  ModelFormatException damaged(long offset, String what) {
    return new ModelFormatException(
        file, offset, what + "; the file is damaged, download or convert it again");
  }

  private void require(long size, String what) {
    if (size <= bytes.length - at) {
      return;
    }
    if (size > remaining()) {
      throw new ModelFormatException(
          file,
          segment.byteSize(),
          "ends within " + what + "; it is incomplete, download it again");
    }
    if (at + size > MAX_HEADER) {
      throw tooLarge();
    }
    long wanted = Math.max(Math.max(at + size, 2L * bytes.length), FIRST_CHUNK);
    int loaded = bytes.length;
    int grown = (int) Math.min(Math.min(wanted, MAX_HEADER), segment.byteSize());
    bytes = Arrays.copyOf(bytes, grown);
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, loaded, bytes, loaded, grown - loaded);
  }

  private ModelFormatException tooLarge() {
    return new ModelFormatException(
        file, at, "has a header of more than " + (MAX_HEADER >> 20) + " MiB, which is refused");
  }
}
