package dev.gatun.testkit.device;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.pass.GraphPrinter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.spi.BackendException;
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
 * A sequence's state as bytes: magic, version, the graph's fingerprint, number of positions,
 * checksum so far, keys and values, checksum.
 */
final class StateFile {
  private static final long MAGIC = 0x4741_5455_4e52_4546L;
  private static final int VERSION = 1;
  private static final int SAMPLE_BYTES = 256;

  private final long fingerprint;

  StateFile(Graph graph) {
    fingerprint = fingerprint(graph);
  }

  void save(ReferenceStates states, int sequence, int positions, OutputStream out)
      throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
    DataOutputStream data = new DataOutputStream(checked);
    data.writeLong(MAGIC);
    data.writeInt(VERSION);
    data.writeLong(fingerprint);
    data.writeInt(positions);
    data.flush();
    data.writeLong(checked.getChecksum().getValue());
    states.write(sequence, positions, data);
    data.flush();
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  /**
   * Reads what {@link #save} wrote; returns the number of positions. On failure the sequence may
   * hold anything.
   *
   * @throws BackendException when the session has no room for the positions
   */
  int restore(ReferenceStates states, int sequence, Sequences room, InputStream in)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
    DataInputStream data = new DataInputStream(checked);
    if (data.readLong() != MAGIC || data.readInt() != VERSION) {
      throw new IOException("not a saved sequence of this version");
    }
    if (data.readLong() != fingerprint) {
      throw new IOException("saved by another model");
    }
    int positions = data.readInt();
    long header = checked.getChecksum().getValue();
    if (data.readLong() != header || positions < 0) {
      throw new IOException("saved sequence is damaged: wrong checksum of its head");
    }
    room.requireRoom(positions);
    states.read(sequence, positions, data);
    long actual = checked.getChecksum().getValue();
    if (data.readLong() != actual) {
      throw new IOException("saved sequence is damaged: wrong checksum");
    }
    return positions;
  }

  /** A checksum of the graph's text and of the first bytes of each constant. */
  private static long fingerprint(Graph graph) {
    CRC32C sum = new CRC32C();
    sum.update(GraphPrinter.print(graph).getBytes(StandardCharsets.UTF_8));
    for (Constant constant : graph.constants()) {
      MemorySegment data = constant.data().data();
      sum.update(
          data.asSlice(0, Math.min(SAMPLE_BYTES, data.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }
    return sum.getValue();
  }
}
