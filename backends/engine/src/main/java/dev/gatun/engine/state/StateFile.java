package dev.gatun.engine.state;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A sequence's state as bytes: magic and version, a digest of model and layout, the number of
 * positions, the pages, and a CRC-32 of everything before it. Big endian but for the pages.
 */
public final class StateFile {
  private static final long MAGIC = 0x474154554e4b5631L; // "GATUNKV1"
  private static final int SAMPLE_BYTES = 64;
  private static final int CHUNK_BYTES = 1 << 16;

  private final KeyValueCache cache;
  private final byte[] digest;

  public StateFile(Graph graph, KeyValueCache cache) {
    this.cache = cache;
    digest = digest(graph, cache);
  }

  /** Tells models apart by names, types and first bytes of their constants. */
  private static byte[] digest(Graph graph, KeyValueCache cache) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    sha.update(cache.layout().description().getBytes(StandardCharsets.UTF_8));
    for (Constant constant : graph.constants()) {
      sha.update(constant.value().toString().getBytes(StandardCharsets.UTF_8));
      MemorySegment data = constant.data().data();
      long sample = Math.min(SAMPLE_BYTES, data.byteSize());
      sha.update(data.asSlice(0, sample).toArray(ValueLayout.JAVA_BYTE));
    }
    return sha.digest();
  }

  /** Writes a sequence. */
  public void save(int sequence, OutputStream out) throws IOException {
    int positions = cache.length(sequence);
    var crc = new CRC32();
    var data = new DataOutputStream(new CheckedOutputStream(out, crc));
    data.writeLong(MAGIC);
    data.write(digest);
    data.writeInt(positions);
    var bytes = new byte[CHUNK_BYTES];
    MemorySegment chunk = MemorySegment.ofArray(bytes);
    long pageBytes = cache.layout().pageBytes();
    for (int page = 0; page < KeyValueCache.pages(positions); page++) {
      for (long at = 0; at < pageBytes; at += CHUNK_BYTES) {
        int size = (int) Math.min(CHUNK_BYTES, pageBytes - at);
        cache.memory().read(cache.page(sequence, page), at, chunk.asSlice(0, size));
        data.write(bytes, 0, size);
      }
    }
    data.writeInt((int) crc.getValue());
    data.flush();
  }

  /**
   * Opens a sequence with what {@link #save} wrote.
   *
   * @throws IOException when the data are damaged or of another model; the sequence stays closed
   */
  public void restore(int sequence, InputStream in) throws IOException {
    var crc = new CRC32();
    var data = new DataInputStream(new CheckedInputStream(in, crc));
    int positions = header(data);
    cache.open(sequence);
    boolean done = false;
    try {
      cache.reserve(sequence, positions);
      cache.commit(sequence, positions);
      pages(sequence, positions, data);
      int expected = (int) crc.getValue();
      if (data.readInt() != expected) {
        throw new IOException("the saved state is damaged: its checksum does not fit");
      }
      done = true;
    } catch (EOFException e) {
      throw new IOException("the saved state ends early", e);
    } finally {
      if (!done) {
        cache.close(sequence);
      }
    }
  }

  private int header(DataInputStream data) throws IOException {
    try {
      if (data.readLong() != MAGIC) {
        throw new IOException("this is not a saved state of this version");
      }
      var found = new byte[digest.length];
      data.readFully(found);
      if (!Arrays.equals(found, digest)) {
        throw new IOException("the saved state is of another model or layout");
      }
      int positions = data.readInt();
      if (positions < 0 || positions > cache.limit()) {
        throw new IOException(
            "the saved state has " + positions + " positions; the session holds " + cache.limit());
      }
      return positions;
    } catch (EOFException e) {
      throw new IOException("the saved state ends early", e);
    }
  }

  private void pages(int sequence, int positions, DataInputStream data) throws IOException {
    var bytes = new byte[CHUNK_BYTES];
    MemorySegment chunk = MemorySegment.ofArray(bytes);
    long pageBytes = cache.layout().pageBytes();
    for (int page = 0; page < KeyValueCache.pages(positions); page++) {
      for (long at = 0; at < pageBytes; at += CHUNK_BYTES) {
        int size = (int) Math.min(CHUNK_BYTES, pageBytes - at);
        data.readFully(bytes, 0, size);
        cache.memory().write(cache.page(sequence, page), at, chunk.asSlice(0, size));
      }
    }
  }
}
