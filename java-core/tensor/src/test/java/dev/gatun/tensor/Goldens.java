package dev.gatun.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The goldens in {@code blocks/} and the generator of the inputs that they do not contain. */
final class Goldens {
  private Goldens() {}

  /** A line of {@code sums.tsv}. */
  record Sum(String operation, DType dtype, long seed, int blocks, String sha256) {}

  static List<Sum> sums() {
    return new String(read("sums.tsv"), java.nio.charset.StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("\t", -1))
        .map(f ->
            new Sum(f[0], DType.valueOf(f[1]), Long.parseLong(f[2]), Integer.parseInt(f[3]), f[4]))
        .toList();
  }

  static byte[] gunzip(String name) {
    try (InputStream in = new GZIPInputStream(open(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Little-endian bytes of the values, every NaN in its canonical form. */
  static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value));
    }
    return bytes.array();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** SplitMix64, as in {@code make_goldens.py}. */
  static byte[] stream(long seed, int size) {
    ByteBuffer out = ByteBuffer.allocate((size + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
    long state = seed;
    while (out.hasRemaining()) {
      state += 0x9E3779B97F4A7C15L;
      long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      out.putLong(z ^ z >>> 31);
    }
    byte[] bytes = new byte[size];
    out.flip().get(bytes);
    return bytes;
  }

  /** Finite values of magnitudes 2^-8 to 2^8, as in {@code make_goldens.py}. */
  static float[] finiteFloats(long seed, int count) {
    float[] values = floats(stream(seed, 4 * count));
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      values[i] = Float.intBitsToFloat((bits & 0x807fffff) | (119 + (bits >>> 23 & 15)) << 23);
    }
    return values;
  }

  private static byte[] read(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = Goldens.class.getResourceAsStream("blocks/" + name);
    if (in == null) {
      throw new AssertionError("no golden " + name);
    }
    return in;
  }
}
