package dev.gatun.runtime.session;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A stream inside a stream: frames of a length and as many bytes, ended by a frame of none. So a
 * slice can read its own state to its end without touching the next one's.
 */
final class Frames {
  private static final int LARGEST = 1 << 16;

  private Frames() {}

  /** Writes frames; closing writes the last one and leaves the outer stream open. */
  static final class Out extends OutputStream {
    private final DataOutputStream outer;
    private final byte[] buffer = new byte[LARGEST];
    private int filled;
    private boolean closed;

    Out(DataOutputStream outer) {
      this.outer = outer;
    }

    @Override
    public void write(int b) throws IOException {
      if (filled == buffer.length) {
        flushFrame();
      }
      buffer[filled++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, source.length);
      int done = 0;
      while (done < length) {
        if (filled == buffer.length) {
          flushFrame();
        }
        int count = Math.min(length - done, buffer.length - filled);
        System.arraycopy(source, offset + done, buffer, filled, count);
        filled += count;
        done += count;
      }
    }

    private void flushFrame() throws IOException {
      if (filled > 0) {
        outer.writeInt(filled);
        outer.write(buffer, 0, filled);
        filled = 0;
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        flushFrame();
        outer.writeInt(0);
      }
    }
  }

  /** Reads frames; closing skips what is left of them and leaves the outer stream open. */
  static final class In extends FilterInputStream {
    private final DataInputStream outer;
    private int left;
    private boolean ended;

    In(DataInputStream outer) {
      super(outer);
      this.outer = outer;
    }

    private boolean more() throws IOException {
      if (left == 0 && !ended) {
        left = outer.readInt();
        if (left < 0 || left > LARGEST) {
          ended = true;
          left = 0;
          throw new IOException("saved sequence is damaged");
        }
        ended = left == 0;
      }
      return !ended;
    }

    @Override
    public int read() throws IOException {
      if (!more()) {
        return -1;
      }
      left--;
      return outer.readUnsignedByte();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      if (!more()) {
        return -1;
      }
      int count = Math.min(length, left);
      outer.readFully(target, offset, count);
      left -= count;
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = 0;
      while (skipped < count && read() >= 0) {
        skipped++;
      }
      return skipped;
    }

    @Override
    public int available() {
      return left;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() throws IOException {
      byte[] rest = new byte[8192];
      int skipped;
      do {
        skipped = read(rest, 0, rest.length);
      } while (skipped >= 0);
    }
  }
}
