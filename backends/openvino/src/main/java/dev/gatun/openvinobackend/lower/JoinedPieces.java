package dev.gatun.openvinobackend.lower;

import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads a matrix of a {@link GroupFormat} with minima and writes the parts of a wider one, whose
 * rows go on with what whole zero points leave of the minima, a column for each group. These rests
 * are rounded to 8 bits, beside the largest of as many as share a scale; where integers have 4
 * bits, to two planes of columns, the upper and the lower half. Columns that fill a plane up are
 * zeros.
 */
final class JoinedPieces {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Zero point of a plane of nibbles, and of one of bytes. */
  private static final int NIBBLE = 8;

  private static final int BYTE = 128;

  /** What two planes of nibbles stand for at their zero points, of 0 to 255. */
  private static final int BOTH = 16 * NIBBLE + NIBBLE;

  private final GroupFormat format;
  private final GroupPieces own;
  private final long rows;
  private final int columns;
  private final int count;
  private final int filled;

  JoinedPieces(Tensor data, GroupFormat format, Rows order) {
    this.format = format;
    own = new GroupPieces(data, format, order);
    rows = data.rows();
    columns = Math.toIntExact(data.shape().rowLength());
    count = columns / format.group();
    filled = filled(format, count);
  }

  /** Columns of a plane for so many groups. */
  static int filled(GroupFormat format, long count) {
    return Math.toIntExact(Math.ceilDiv(count, format.group()) * format.group());
  }

  static int planes(GroupFormat format) {
    return format.isNibbles() ? 2 : 1;
  }

  /** Columns of a matrix that had so many. */
  static long width(GroupFormat format, long columns) {
    return columns + (long) planes(format) * filled(format, columns / format.group());
  }

  /** The integers, two to a byte where they have 4 bits. */
  void values(MemorySegment to) {
    int perByte = format.isNibbles() ? 2 : 1;
    long ownBytes = columns / perByte;
    long bytes = width(format, columns) / perByte;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(rows * ownBytes);
      own.values(values);
      float[] rests = new float[count];
      MemorySegment all = rests(arena);
      int[] codes = new int[filled];
      byte[] packed = new byte[Math.toIntExact(bytes - ownBytes)];
      for (long row = 0; row < rows; row++) {
        MemorySegment.copy(values, row * ownBytes, to, row * bytes, ownBytes);
        MemorySegment.copy(all, F32, Float.BYTES * row * count, rests, 0, count);
        for (int i = 0; i < filled; i++) {
          codes[i] = i < count ? code(rests[i], step(rests, i)) : code(0, 0);
        }
        pack(codes, packed);
        MemorySegment.copy(
            packed, 0, to, ValueLayout.JAVA_BYTE, row * bytes + ownBytes, packed.length);
      }
    }
  }

  private void pack(int[] codes, byte[] packed) {
    if (!format.isNibbles()) {
      for (int i = 0; i < filled; i++) {
        packed[i] = (byte) codes[i];
      }
      return;
    }
    int half = filled / 2;
    for (int i = 0; i < half; i++) {
      int first = codes[2 * i];
      int second = codes[2 * i + 1];
      packed[i] = (byte) ((first >> 4) | (second & 0xf0));
      packed[half + i] = (byte) ((first & 15) | ((second & 15) << 4));
    }
  }

  private int code(float rest, float step) {
    long steps = step == 0 ? 0 : Math.round((double) rest / step);
    return Math.toIntExact(steps) + (format.isNibbles() ? BOTH : BYTE);
  }

  /** What a step of 8 bits stands for among the rests that share a scale with this one. */
  private float step(float[] rests, int index) {
    int from = index / format.group() * format.group();
    float most = 0;
    for (int i = from; i < Math.min(count, from + format.group()); i++) {
      most = Math.max(most, Math.abs(rests[i]));
    }
    return most / (format.isNibbles() ? 255 - BOTH : 255 - BYTE);
  }

  /** Zero points, a byte each. */
  void zeroPoints(MemorySegment to) {
    long groups = width(format, columns) / format.group();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(rows * count);
      own.wholeZeroPoints(zeros);
      byte middle = (byte) (format.isNibbles() ? NIBBLE : BYTE);
      for (long row = 0; row < rows; row++) {
        MemorySegment.copy(zeros, row * count, to, row * groups, count);
        to.asSlice(row * groups + count, groups - count).fill(middle);
      }
    }
  }

  /** Scales in single precision. */
  void scales(MemorySegment to) {
    long groups = width(format, columns) / format.group();
    int further = filled / format.group();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scales = arena.allocate(Float.BYTES * rows * count);
      own.scales(scales);
      float[] rests = new float[count];
      MemorySegment all = rests(arena);
      for (long row = 0; row < rows; row++) {
        MemorySegment.copy(
            scales,
            Float.BYTES * row * count,
            to,
            Float.BYTES * row * groups,
            (long) Float.BYTES * count);
        MemorySegment.copy(all, F32, Float.BYTES * row * count, rests, 0, count);
        long at = row * groups + count;
        for (int i = 0; i < further; i++) {
          float step = step(rests, i * format.group());
          if (format.isNibbles()) {
            to.set(F32, Float.BYTES * (at + i), 16 * step);
            to.set(F32, Float.BYTES * (at + further + i), step);
          } else {
            to.set(F32, Float.BYTES * (at + i), step);
          }
        }
      }
    }
  }

  private MemorySegment rests(Arena arena) {
    MemorySegment all = arena.allocate(Float.BYTES * rows * count);
    own.rests(all);
    return all;
  }
}
