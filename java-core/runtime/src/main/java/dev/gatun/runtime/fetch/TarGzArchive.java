package dev.gatun.runtime.fetch;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A compressed tar file, as npm writes it: POSIX ustar with pax headers (IEEE 1003.1, pax), and
 * GNU's long names. Links and devices are passed over.
 */
record TarGzArchive(Path file) implements Archive {
  private static final int BLOCK = 512;
  private static final int LONGEST_HEADER = 1 << 16;

  @Override
  public void visit(Visitor visitor) throws IOException {
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16))) {
      byte[] header = new byte[BLOCK];
      Optional<String> longName = Optional.empty();
      while (in.readNBytes(header, 0, BLOCK) == BLOCK && !isEnd(header)) {
        requireSum(header);
        long size = octal(header, 124, 12);
        byte type = header[156];
        if (type == 'x' || type == 'L') {
          byte[] text = small(in, size);
          longName = type == 'L' ? Optional.of(text(text, 0, text.length)) : path(text);
        } else {
          String name = longName.orElse(name(header));
          longName = Optional.empty();
          InputStream content = new Bounded(in, size);
          if ((type == '0' || type == 0) && visitor.wants(name)) {
            visitor.read(name, size, content);
          }
          content.skipNBytes(((Bounded) content).left);
        }
        in.skipNBytes(-size & (BLOCK - 1));
      }
    } catch (ZipException | EOFException e) {
      throw new FetchException(
          file.getFileName() + " is not a sound compressed tar file: " + e.getMessage(), e);
    }
  }

  private static boolean isEnd(byte[] header) {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void requireSum(byte[] header) throws IOException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
    }
    if (sum != octal(header, 148, 8)) {
      throw new FetchException(file.getFileName() + " is damaged: a header's sum is wrong");
    }
  }

  /** A number in octal digits; 12 of them never overflow. */
  private long octal(byte[] header, int from, int length) throws IOException {
    long value = 0;
    for (int i = from; i < from + length && header[i] != 0; i++) {
      if (header[i] == ' ') {
        continue;
      }
      if (header[i] < '0' || header[i] > '7') {
        throw new FetchException(file.getFileName() + " is damaged: a header holds no number");
      }
      value = 8 * value + header[i] - '0';
    }
    return value;
  }

  private byte[] small(InputStream in, long size) throws IOException {
    if (size > LONGEST_HEADER) {
      throw new FetchException(file.getFileName() + " has a header of " + size + " bytes");
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException("it ends within a header");
    }
    return bytes;
  }

  /** The path in a pax header: records {@code "LENGTH path=NAME\n"}. */
  private static Optional<String> path(byte[] pax) {
    return text(pax, 0, pax.length)
        .lines()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .filter(line -> line.startsWith("path="))
        .map(line -> line.substring("path=".length()))
        .findFirst();
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean ustar = text(header, 257, 5).equals("ustar");
    String prefix = ustar ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  /** So many bytes of a stream; closing it closes nothing. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(target, from, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("it ends within a file");
      }
      left -= count;
      return count;
    }
  }
}
