package dev.gatun.runtime.session;

import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.StateCapabilities;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Sequence operations over all slices of a plan, gated by what every slice can do.
 *
 * <p>A saved sequence is: magic, version, fingerprint of the plan, positions, number of slices; the
 * state of each slice in frames; CRC-32C of all that.
 */
final class SequenceState {
  private static final int MAGIC = 0x47544E53;
  private static final int VERSION = 1;

  private final Pipe pipe;
  private final StateCapabilities state;
  private final Plan plan;

  SequenceState(Pipe pipe, StateCapabilities state, Plan plan) {
    this.pipe = pipe;
    this.state = state;
    this.plan = plan;
  }

  void open(int sequence) {
    for (int i = 0; i < pipe.size(); i++) {
      if (stateful(i)) {
        pipe.session(i).openSequence(sequence);
      }
    }
  }

  void close(int sequence) {
    for (int i = 0; i < pipe.size(); i++) {
      if (stateful(i)) {
        pipe.session(i).closeSequence(sequence);
      }
    }
  }

  void requireTruncate() {
    require(state.truncate(), "truncate", "close the sequence and submit what it shall keep again");
  }

  void truncate(int sequence, int positions) {
    for (int i = 0; i < pipe.size(); i++) {
      if (stateful(i)) {
        pipe.session(i).truncate(sequence, positions);
      }
    }
  }

  void requireFork() {
    require(state.fork(), "fork", "open another sequence and submit the same tokens");
  }

  void fork(int source, int target) {
    for (int i = 0; i < pipe.size(); i++) {
      if (stateful(i)) {
        pipe.session(i).fork(source, target);
      }
    }
  }

  void save(int sequence, int positions, OutputStream out) throws IOException {
    require(state.save(), "save", "keep the tokens and submit them again");
    var checked = new CheckedOutputStream(out, new CRC32C());
    var data = new DataOutputStream(checked);
    data.writeInt(MAGIC);
    data.writeInt(VERSION);
    data.writeUTF(Fingerprint.of(plan));
    data.writeInt(positions);
    data.writeInt(pipe.size());
    for (int i = 0; i < pipe.size(); i++) {
      if (stateful(i)) {
        try (Frames.Out frames = new Frames.Out(data)) {
          pipe.session(i).save(sequence, frames);
        }
      }
    }
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  /**
   * Opens a closed sequence in every slice, or in none.
   *
   * @param room positions that the session has left
   * @return the positions that it holds
   */
  int restore(int sequence, int room, InputStream in) throws IOException {
    require(state.save(), "restore", "submit the tokens again");
    var checked = new CheckedInputStream(in, new CRC32C());
    var data = new DataInputStream(checked);
    int restored = 0;
    boolean sound = false;
    try {
      int positions = readHeader(data, room);
      while (restored < pipe.size()) {
        if (stateful(restored)) {
          try (Frames.In frames = new Frames.In(data)) {
            pipe.session(restored).restore(sequence, frames);
          }
        }
        restored++;
      }
      long expected = checked.getChecksum().getValue();
      if (data.readLong() != expected) {
        throw new IOException("saved sequence is damaged: its checksum differs");
      }
      sound = true;
      return positions;
    } finally {
      for (int i = 0; i < restored && !sound; i++) {
        if (stateful(i)) {
          pipe.session(i).closeSequence(sequence);
        }
      }
    }
  }

  private int readHeader(DataInputStream data, int room) throws IOException {
    if (data.readInt() != MAGIC) {
      throw new IOException("not a saved sequence");
    }
    int version = data.readInt();
    if (version != VERSION) {
      throw new IOException("saved sequence has version " + version + ", this reads " + VERSION);
    }
    if (!data.readUTF().equals(Fingerprint.of(plan))) {
      throw new IOException("saved sequence belongs to another model, plan or device");
    }
    int positions = data.readInt();
    if (positions < 0 || data.readInt() != pipe.size()) {
      throw new IOException("saved sequence is damaged");
    }
    if (positions > room) {
      throw new IOException(
          "saved sequence has %d positions, the session has room for %d"
              .formatted(positions, room));
    }
    return positions;
  }

  private boolean stateful(int slice) {
    return !pipe.graph(slice).states().isEmpty();
  }

  private void require(boolean offered, String operation, String instead) {
    if (!offered) {
      throw new BackendException(
          "the state of this plan (%s) cannot %s a sequence; %s"
              .formatted(state.layout(), operation, instead));
    }
  }
}
