package dev.gatun.quantize.imatrix;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.files.AtomicFile;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code .dat} form, all little endian: i32 entries; per entry i32 length and bytes of the
 * name, i32 chunks, i32 values, the values as f32 (mean squared input times chunks); then, where
 * they are there, i32 chunks in all and i32 length and bytes of the text's name.
 */
final class DatMatrix {
  /** Longer names are no names of tensors; the file is something else. */
  private static final int MAX_NAME = 1024;

  private static final int MAX_DATASET = 1 << 16;

  private DatMatrix() {}

  static ImportanceMatrix read(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      long size = channel.size();
      if (size < Integer.BYTES) {
        throw new ModelFormatException(
            path.toString(), -1, "is too short for an importance matrix; make it again");
      }
      MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      return new Reader(path.toString(), data).matrix();
    } catch (IOException e) {
      throw ImportanceMatrixFile.unreadable(path, e);
    }
  }

  private static final class Reader {
    private final String file;
    private final MemorySegment data;
    private long at;

    Reader(String file, MemorySegment data) {
      this.file = file;
      this.data = data;
    }

    ImportanceMatrix matrix() {
      int count = i32("the number of entries");
      if (count < 1) {
        throw bad("announces " + count + " entries");
      }
      Map<String, ImportanceEntry> entries = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        long start = at;
        String name = text(MAX_NAME, 1, "the name of entry " + i);
        if (entries.put(name, entry(name)) != null) {
          at = start;
          throw bad("has '" + name + "' twice");
        }
      }
      long chunks = at < data.byteSize() ? i32("the number of chunks") : 0;
      if (chunks < 0) {
        throw bad("announces " + chunks + " chunks");
      }
      String dataset = at < data.byteSize() ? text(MAX_DATASET, 0, "the name of the text") : "";
      return new ImportanceMatrix(
          entries, dataset.isEmpty() ? List.of() : List.of(dataset), chunks, 0, true);
    }

    private ImportanceEntry entry(String name) {
      int calls = i32("the chunks of '" + name + "'");
      int values = i32("the size of '" + name + "'");
      if (values < 1) {
        throw bad("announces " + values + " values for '" + name + "'");
      }
      need((long) values * Float.BYTES, "the values of '" + name + "'");
      float[] sums = new float[values];
      MemorySegment.copy(data, Tensor.F32_LE, at, sums, 0, values);
      try {
        // Some old files have no number of chunks; their values are means.
        ImportanceEntry entry = ImportanceEntry.of(sums, Math.max(1, calls));
        at += (long) values * Float.BYTES;
        return entry;
      } catch (IllegalArgumentException e) {
        throw bad("'" + name + "' " + e.getMessage());
      }
    }

    private String text(int max, int min, String what) {
      int length = i32(what);
      if (length < min || length > max) {
        throw bad(what + " would have " + length + " bytes");
      }
      need(length, what);
      byte[] bytes = new byte[length];
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
      at += length;
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private int i32(String what) {
      need(Integer.BYTES, what);
      int value = data.get(Tensor.I32_LE, at);
      at += Integer.BYTES;
      return value;
    }

    private void need(long bytes, String what) {
      if (bytes > data.byteSize() - at) {
        throw bad("ends within " + what);
      }
    }

    private ModelFormatException bad(String what) {
      return new ModelFormatException(
          file,
          at,
          what
              + ": it is a damaged importance matrix or none; make it again, or name a file that"
              + " `gatun imatrix` or llama-imatrix wrote");
    }
  }

  static void write(ImportanceMatrix matrix, Path path) throws IOException {
    Map<String, ImportanceEntry> entries = new TreeMap<>(matrix.entries());
    entries.values().removeIf(entry -> entry.maxCount() == 0);
    try (AtomicFile out = new AtomicFile(path)) {
      out.write(buffer(Integer.BYTES).putInt(entries.size()).flip());
      for (Map.Entry<String, ImportanceEntry> entry : entries.entrySet()) {
        out.write(bytes(entry.getKey(), entry.getValue(), matrix.chunkSize()));
      }
      // The form has room for one name; the last is the text of the last run.
      byte[] dataset =
          matrix.datasets().isEmpty()
              ? new byte[0]
              : matrix.datasets().getLast().getBytes(StandardCharsets.UTF_8);
      out.write(
          buffer(2 * Integer.BYTES + dataset.length)
              .putInt(Math.toIntExact(matrix.chunkCount()))
              .putInt(dataset.length)
              .put(dataset)
              .flip());
      out.finish();
      out.commit();
    }
  }

  private static ByteBuffer bytes(String name, ImportanceEntry entry, int chunk) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    // Rounded up: no chunks at all would mean no data.
    int calls = Math.toIntExact((entry.maxCount() + chunk - 1) / chunk);
    ByteBuffer out = buffer(3 * Integer.BYTES + utf8.length + Float.BYTES * entry.size());
    out.putInt(utf8.length).put(utf8).putInt(calls).putInt(entry.size());
    for (float mean : entry.weights()) {
      out.putFloat(mean * calls);
    }
    return out.flip();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
