package dev.gatun.pipelines.audio;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads RIFF/WAVE files. Every length is checked against the file before anything is allocated;
 * chunks of other kinds are passed over.
 */
final class WavFile {
  private static final int HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FORMAT_BYTES = 40;
  private static final int EXTENSIBLE = 0xFFFE;
  private static final int MAX_CHANNELS = 64;

  /** Programs that write to a pipe do not know the length; they write one of this size or more. */
  private static final long UNKNOWN_LENGTH = 0x7FFF_0000L;

  private final Path file;
  private final FileChannel channel;
  private final long size;

  private WavFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    size = channel.size();
  }

  static Audio read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new WavFile(file, channel).read();
    } catch (IOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s cannot be read (%s)".formatted(file, GatunException.reason(e)),
          e);
    }
  }

  private Audio read() throws IOException {
    ByteBuffer header = bytes(0, (int) Math.min(HEADER, size));
    if (size < HEADER || !tag(header, 0).equals("RIFF") || !tag(header, 8).equals("WAVE")) {
      throw bad("is no WAV file; convert it, for example with: ffmpeg -i INPUT OUTPUT.wav");
    }
    SampleFormat format = null;
    long at = HEADER;
    while (at + CHUNK_HEADER <= size) {
      ByteBuffer chunk = bytes(at, CHUNK_HEADER);
      String name = tag(chunk, 0);
      long length = Integer.toUnsignedLong(chunk.getInt(4));
      long room = size - at - CHUNK_HEADER;
      if (name.equals("data")) {
        if (format == null) {
          throw bad("has sound before it says of which format");
        }
        return samples(format, at + CHUNK_HEADER, dataLength(length, room));
      }
      if (length > room) {
        throw bad("ends inside its chunk '%s' at byte %d".formatted(name, at));
      }
      if (name.equals("fmt ")) {
        format = format(at + CHUNK_HEADER, length);
      }
      at += CHUNK_HEADER + length + (length & 1);
    }
    throw bad("has no sound: there is no data chunk");
  }

  private long dataLength(long length, long room) {
    if (length > room && length < UNKNOWN_LENGTH) {
      throw bad(
          "is cut off: %d bytes of sound are announced, %d are there".formatted(length, room));
    }
    return Math.min(length, room);
  }

  private SampleFormat format(long at, long length) throws IOException {
    if (length < 16) {
      throw bad("has a format chunk of " + length + " bytes");
    }
    ByteBuffer chunk = bytes(at, (int) Math.min(length, FORMAT_BYTES));
    int kind = Short.toUnsignedInt(chunk.getShort(0));
    int channels = Short.toUnsignedInt(chunk.getShort(2));
    long rate = Integer.toUnsignedLong(chunk.getInt(4));
    int frame = Short.toUnsignedInt(chunk.getShort(12));
    int bits = Short.toUnsignedInt(chunk.getShort(14));
    if (kind == EXTENSIBLE && length >= 26) {
      kind = Short.toUnsignedInt(chunk.getShort(24));
    }
    Encoding encoding = Encoding.of(kind, bits);
    if (encoding == null) {
      throw bad(
          "has sound of kind %d with %d bits; PCM (1) of 8, 16, 24, 32 and floating point (3) of 32, 64 bits are read"
              .formatted(kind, bits));
    }
    if (channels < 1
        || channels > MAX_CHANNELS
        || rate < 1
        || rate > Audio.MAX_RATE
        || frame != channels * encoding.bytes) {
      throw bad(
          "says %d channels, %d samples a second, %d bytes for all channels of a sample: this makes no sense"
              .formatted(channels, rate, frame));
    }
    return new SampleFormat(encoding, channels, (int) rate);
  }

  private Audio samples(SampleFormat format, long at, long length) throws IOException {
    int frame = format.channels * format.encoding.bytes;
    long frames = length / frame;
    if (frames > Integer.MAX_VALUE - 8) {
      throw bad("has " + frames + " samples, more than can be held at once; cut it into parts");
    }
    float[] samples = new float[(int) frames];
    int block = Math.max(1, (1 << 16) / frame);
    for (int done = 0; done < samples.length; ) {
      int count = Math.min(block, samples.length - done);
      ByteBuffer bytes = bytes(at + (long) done * frame, count * frame);
      for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int c = 0; c < format.channels; c++) {
          sum += format.encoding.sample(bytes, i * frame + c * format.encoding.bytes);
        }
        samples[done + i] = (float) (sum / format.channels);
      }
      done += count;
    }
    return new Audio(samples, format.rate);
  }

  private ByteBuffer bytes(long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw bad("became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static String tag(ByteBuffer buffer, int at) {
    byte[] four = new byte[4];
    buffer.get(at, four);
    return new String(four, StandardCharsets.ISO_8859_1);
  }

  private GatunException bad(String what) {
    return new GatunException(GatunException.Kind.FAILURE, file + " " + what);
  }

  private record SampleFormat(Encoding encoding, int channels, int rate) {}

  /** How one number is stored. */
  private enum Encoding {
    PCM8(1),
    PCM16(2),
    PCM24(3),
    PCM32(4),
    FLOAT32(4),
    FLOAT64(8);

    final int bytes;

    Encoding(int bytes) {
      this.bytes = bytes;
    }

    /** Null for what is not read. */
    static Encoding of(int kind, int bits) {
      for (Encoding each : values()) {
        boolean floating = each == FLOAT32 || each == FLOAT64;
        if (kind == (floating ? 3 : 1) && bits == 8 * each.bytes) {
          return each;
        }
      }
      return null;
    }

    double sample(ByteBuffer buffer, int at) {
      return switch (this) {
        case PCM8 -> (Byte.toUnsignedInt(buffer.get(at)) - 128) / 128.0;
        case PCM16 -> buffer.getShort(at) / 32768.0;
        case PCM24 ->
            ((buffer.get(at + 2) << 16) | Short.toUnsignedInt(buffer.getShort(at))) / 8388608.0;
        case PCM32 -> buffer.getInt(at) / 2147483648.0;
        case FLOAT32 -> finite(buffer.getFloat(at));
        case FLOAT64 -> finite(buffer.getDouble(at));
      };
    }

    private static double finite(double value) {
      return Double.isFinite(value) ? value : 0;
    }
  }
}
