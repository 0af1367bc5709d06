package dev.gatun.runtime.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes small packages. */
public final class TestArchives {
  private static final int BLOCK = 512;

  private TestArchives() {}

  /** A zip file of names and contents (texts or bytes) in turn. */
  public static void zip(Path file, Object... parts) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < parts.length; i += 2) {
        ZipEntry entry = new ZipEntry((String) parts[i]);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(bytes(parts[i + 1]));
        zip.closeEntry();
      }
    }
  }

  /** The same as a compressed tar file; names longer than 100 bytes get a pax header. */
  public static void tarGz(Path file, Object... parts) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < parts.length; i += 2) {
        String name = (String) parts[i];
        if (name.length() > 100) {
          String record = " path=" + name + "\n";
          int length = record.length() + String.valueOf(record.length() + 3).length();
          entry(out, "pax", 'x', (length + record).getBytes(StandardCharsets.UTF_8));
          name = name.substring(0, 100);
        }
        entry(out, name, '0', bytes(parts[i + 1]));
      }
      out.write(new byte[2 * BLOCK]);
    }
  }

  private static void entry(OutputStream out, String name, char type, byte[] content)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0");
    put(header, 124, "%011o\0".formatted(content.length));
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xFF;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    out.write(header);
    out.write(content);
    out.write(new byte[-content.length & (BLOCK - 1)]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] bytes(Object content) {
    return content instanceof byte[] bytes
        ? bytes
        : ((String) content).getBytes(StandardCharsets.UTF_8);
  }
}
