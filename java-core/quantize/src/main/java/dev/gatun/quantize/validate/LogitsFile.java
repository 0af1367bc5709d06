package dev.gatun.quantize.validate;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.files.AtomicFile;
import dev.gatun.models.eval.CompactDistribution;
import dev.gatun.models.eval.Divergence;
import dev.gatun.tensor.GatunException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A reference's predictions for a text, in the file of {@code llama-perplexity
 * --kl-divergence-base}, little endian: {@code _logits_}, u32 window, i32 vocabulary, i32 windows,
 * the tokens of all windows as i32, then one {@link CompactDistribution} per scored token. Its
 * content is not trusted.
 */
public final class LogitsFile {
  private static final byte[] MAGIC = "_logits_".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = MAGIC.length + 3 * Integer.BYTES;
  private static final int MAX_WINDOW = 1 << 24;
  private static final int MAX_VOCABULARY = 1 << 24;

  private LogitsFile() {}

  /** Writes a file; it appears under its name when {@link #finish} has been called. */
  public static final class Writer implements Divergence.Recorder, AutoCloseable {
    private final AtomicFile file;
    private final long expected;
    private long written;

    /**
     * Begins.
     *
     * @param vocabulary tokens of the model
     */
    public Writer(Path target, Divergence.Text text, int vocabulary) throws IOException {
      file = new AtomicFile(target);
      expected = (long) text.windows() * text.scored();
      int[] tokens = text.tokens();
      ByteBuffer header =
          ByteBuffer.allocate(HEADER + Integer.BYTES * tokens.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(MAGIC)
              .putInt(text.window())
              .putInt(vocabulary)
              .putInt(text.windows());
      header.asIntBuffer().put(tokens);
      file.write(header.rewind());
    }

    @Override
    public void accept(ByteBuffer distribution) throws IOException {
      file.write(distribution);
      written++;
    }

    /** Gives the file its name. */
    public void finish() throws IOException {
      if (written != expected) {
        throw new IllegalStateException(written + " distributions of " + expected);
      }
      file.finish();
      file.commit();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Reads a file from its start to its end. */
  public static final class Reader implements Divergence.Recording, AutoCloseable {
    private final Path path;
    private final DataInputStream in;
    private final int window;
    private final int vocabulary;
    private final int[] tokens;
    private final ByteBuffer buffer;

    /**
     * Opens a file and reads its header.
     *
     * @throws ModelFormatException when it is missing, damaged or something else
     */
    public Reader(Path path) {
      this.path = path;
      DataInputStream opened = null;
      try {
        long size = Files.size(path);
        opened = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16));
        byte[] start = opened.readNBytes(HEADER);
        if (start.length < HEADER
            || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
          throw bad(0, "is no file of predictions: it does not begin with _logits_");
        }
        ByteBuffer header =
            ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        window = header.getInt();
        vocabulary = header.getInt();
        int windows = header.getInt();
        check(windows, size);
        byte[] bytes = opened.readNBytes(Integer.BYTES * window * windows);
        tokens = new int[window * windows];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(tokens);
        for (int i = 0; i < tokens.length; i++) {
          if (tokens[i] < 0 || tokens[i] >= vocabulary) {
            throw bad(
                HEADER + (long) Integer.BYTES * i,
                "has the token %d in a vocabulary of %d".formatted(tokens[i], vocabulary));
          }
        }
        buffer =
            ByteBuffer.allocate(CompactDistribution.bytes(vocabulary))
                .order(ByteOrder.LITTLE_ENDIAN);
        in = opened;
        opened = null;
      } catch (NoSuchFileException e) {
        throw new ModelFormatException(
            path.toString(), -1, "there is no such file; check the path", e);
      } catch (IOException e) {
        throw new ModelFormatException(
            path.toString(),
            -1,
            "cannot be read (" + GatunException.reason(e) + "); check its permissions and the disk",
            e);
      } finally {
        closeQuietly(opened);
      }
    }

    private void check(int windows, long size) {
      if (window < 4
          || window > MAX_WINDOW
          || vocabulary < 1
          || vocabulary > MAX_VOCABULARY
          || windows < 1) {
        throw bad(
            MAGIC.length,
            "announces %d windows of %d tokens of a vocabulary of %d"
                .formatted(windows, window, vocabulary));
      }
      long each =
          (long) Integer.BYTES * window
              + (long) (window - 1 - window / 2) * CompactDistribution.bytes(vocabulary);
      if (windows > (size - HEADER) / each || (long) window * windows > Integer.MAX_VALUE / 4) {
        throw bad(
            -1,
            "has %d bytes, too few for %d windows of %d tokens".formatted(size, windows, window));
      }
    }

    private static void closeQuietly(DataInputStream stream) {
      if (stream != null) {
        try {
          stream.close();
        } catch (IOException e) {
          // Nothing was written: what failed before this matters.
          return;
        }
      }
    }

    /** Tokens of a window. */
    public int window() {
      return window;
    }

    /** Tokens of the model. */
    public int vocabulary() {
      return vocabulary;
    }

    /** A copy of the tokens of all windows. */
    public int[] tokens() {
      return tokens.clone();
    }

    @Override
    public ByteBuffer next() throws IOException {
      try {
        in.readFully(buffer.array());
      } catch (EOFException e) {
        throw bad(-1, "ends before its last prediction");
      }
      return buffer.clear();
    }

    private ModelFormatException bad(long offset, String what) {
      return new ModelFormatException(
          path.toString(),
          offset,
          what + "; make it again with `gatun validate --save-logits` or llama-perplexity");
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
