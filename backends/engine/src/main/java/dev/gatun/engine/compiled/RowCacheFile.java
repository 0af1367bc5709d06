package dev.gatun.engine.compiled;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.pass.GraphPrinter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A {@link RowCache} as bytes: magic, version, the graph's fingerprint, number of positions,
 * checksum so far, keys and values, checksum.
 */
public final class RowCacheFile {
  private static final long MAGIC = 0x4741_5455_4e4f_5653L;
  private static final int VERSION = 1;
  private static final int SAMPLE_BYTES = 256;
  private static final int CHUNK = 1 << 16;

  private final Graph graph;
  private final String layout;
  private final int caches;

  /**
   * Of a graph and the layout of its rows.
   *
   * @param layout what else rows depend on: another one's file is refused
   * @param caches how many the graph has
   */
  public RowCacheFile(Graph graph, String layout, int caches) {
    this.graph = graph;
    this.layout = layout;
    this.caches = caches;
  }

  /** Writes the first positions. */
  public void save(RowCache cache, int positions, OutputStream out) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
    DataOutputStream data = new DataOutputStream(checked);
    data.writeLong(MAGIC);
    data.writeInt(VERSION);
    data.writeLong(fingerprint());
    data.writeInt(positions);
    data.flush();
    data.writeLong(checked.getChecksum().getValue());
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; positions > 0 && i < caches; i++) {
      MemorySegment rows = cache.rows(i, 0, positions);
      for (long at = 0; at < rows.byteSize(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, rows.byteSize() - at);
        MemorySegment.copy(rows, ValueLayout.JAVA_BYTE, at, chunk, 0, count);
        data.write(chunk, 0, count);
      }
    }
    data.flush();
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  /** Whether there is room for so many positions; throws when not. */
  public interface Room {
    void require(int positions);
  }

  /** Reads what {@link #save} wrote; returns the number of positions. */
  public int restore(RowCache cache, Room room, InputStream in) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
    DataInputStream data = new DataInputStream(checked);
    if (data.readLong() != MAGIC || data.readInt() != VERSION) {
      throw new IOException("not a saved sequence of this version");
    }
    if (data.readLong() != fingerprint()) {
      throw new IOException("saved by another model");
    }
    int positions = data.readInt();
    long header = checked.getChecksum().getValue();
    if (data.readLong() != header || positions < 0) {
      throw new IOException("saved sequence is damaged: wrong checksum of its head");
    }
    room.require(positions);
    cache.reserve(positions, 0);
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; positions > 0 && i < caches; i++) {
      MemorySegment rows = cache.rows(i, 0, positions);
      for (long at = 0; at < rows.byteSize(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, rows.byteSize() - at);
        data.readFully(chunk, 0, count);
        MemorySegment.copy(chunk, 0, rows, ValueLayout.JAVA_BYTE, at, count);
      }
    }
    long actual = checked.getChecksum().getValue();
    if (data.readLong() != actual) {
      throw new IOException("saved sequence is damaged: wrong checksum");
    }
    return positions;
  }

  /** A checksum of the graph's text and of the first bytes of each constant. */
  private long fingerprint() {
    CRC32C sum = new CRC32C();
    sum.update(layout.getBytes(StandardCharsets.UTF_8));
    sum.update(GraphPrinter.print(graph).getBytes(StandardCharsets.UTF_8));
    for (Constant constant : graph.constants()) {
      MemorySegment data = constant.data().data();
      sum.update(
          data.asSlice(0, Math.min(SAMPLE_BYTES, data.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }
    return sum.getValue();
  }
}
