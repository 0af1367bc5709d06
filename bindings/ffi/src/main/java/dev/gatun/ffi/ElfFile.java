package dev.gatun.ffi;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * What Linux's loader does not look at before it maps a library: a file that ends too early would
 * end the process (SIGBUS), and one for another processor gets a misleading error. Offsets are of
 * the System V ABI, chapter 4 and 5, 64-bit.
 */
final class ElfFile {
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int LOADED = 1;
  private static final Map<Integer, String> MACHINES = Map.of(62, "amd64", 183, "aarch64");

  private ElfFile() {}

  /**
   * Checks that a file is a whole library for this processor.
   *
   * @throws IOException when it cannot be read, or is not; the message says what is wrong
   */
  static void check(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      ByteBuffer header = read(file, 0, HEADER_BYTES);
      if (header.getInt(0) != 0x464c457f || header.get(4) != 2 || header.get(5) != 1) {
        throw new IOException("it is no 64-bit library of Linux");
      }
      int code = Short.toUnsignedInt(header.getShort(18));
      String machine = MACHINES.getOrDefault(code, "machine " + code);
      if (!machine.equals(System.getProperty("os.arch"))) {
        throw new IOException(
            "it is for %s, this JVM for %s".formatted(machine, System.getProperty("os.arch")));
      }
      int count = Short.toUnsignedInt(header.getShort(56));
      ByteBuffer segments = read(file, header.getLong(32), count * SEGMENT_BYTES);
      for (int at = 0; at < segments.limit(); at += SEGMENT_BYTES) {
        long from = segments.getLong(at + 8);
        long size = segments.getLong(at + 32);
        if (segments.getInt(at) == LOADED
            && (from < 0 || size < 0 || size > file.size() || from > file.size() - size)) {
          throw truncated(file);
        }
      }
    }
  }

  private static ByteBuffer read(FileChannel file, long from, int count) throws IOException {
    if (from < 0 || from > file.size() - count) {
      throw truncated(file);
    }
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw truncated(file);
      }
    }
    return bytes.flip();
  }

  private static IOException truncated(FileChannel file) throws IOException {
    return new EOFException("the file is truncated: it has only %d bytes".formatted(file.size()));
  }
}
