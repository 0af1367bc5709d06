package dev.gatun.onnxruntimebackend;

import dev.gatun.formats.onnx.lower.LoweredState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A sequence's state as bytes: magic and version, a digest of the model, the number of positions,
 * each buffer's positions, and a CRC-32 of everything before it. Big endian but for the buffers.
 */
final class StateStream {
  private static final long MAGIC = 0x474154554e4f5231L; // "GATUNOR1"

  private final SequenceStates states;
  private final byte[] model;

  /**
   * @param model identity of the model
   */
  StateStream(SequenceStates states, byte[] model) {
    this.states = states;
    this.model = model;
  }

  void save(int sequence, OutputStream out) throws IOException {
    int positions = states.positions(sequence);
    var crc = new CRC32();
    var data = new DataOutputStream(new CheckedOutputStream(out, crc));
    data.writeLong(MAGIC);
    data.write(model);
    data.writeUTF(layout());
    data.writeInt(positions);
    for (Cache cache : states.caches(sequence)) {
      cache.save(positions, data);
    }
    data.writeInt((int) crc.getValue());
    data.flush();
  }

  /** What the buffers look like, so that another layout's are refused. */
  private String layout() {
    List<LoweredState.Cache> layouts = states.layouts();
    return layouts.size() + " " + layouts.hashCode();
  }

  void restore(int sequence, InputStream in) throws IOException {
    var crc = new CRC32();
    var data = new DataInputStream(new CheckedInputStream(in, crc));
    if (data.readLong() != MAGIC) {
      throw new IOException("this is no saved state of ONNX Runtime's sessions");
    }
    if (!java.util.Arrays.equals(data.readNBytes(model.length), model)
        || !data.readUTF().equals(layout())) {
      throw new IOException("the saved state is another model's");
    }
    int positions = data.readInt();
    if (positions < 0 || positions > states.room()) {
      throw new IOException(
          "the saved state is damaged, or its %d positions do not fit the %d that are left"
              .formatted(positions, states.room()));
    }
    states.open(sequence);
    boolean done = false;
    try {
      if (positions > 0) {
        states.reserve(sequence, positions);
      }
      for (Cache cache : states.caches(sequence)) {
        cache.restore(positions, data);
      }
      int expected = (int) crc.getValue();
      if (data.readInt() != expected) {
        throw new IOException("the saved state is damaged");
      }
      states.advance(sequence, positions);
      done = true;
    } finally {
      if (!done) {
        states.close(sequence);
      }
    }
  }
}
