package dev.gatun.openvinobackend.lower;

import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads a constant of a {@link GroupFormat} and writes one of its parts, group after group. */
final class GroupPieces {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Tensor data;
  private final GroupFormat format;
  private final Rows rows;
  private final int[] q;
  private final float[] scales;
  private final float[] minima;
  private final byte[] row;

  GroupPieces(Tensor data, GroupFormat format, Rows rows) {
    this.data = data;
    this.format = format;
    this.rows = rows;
    q = new int[data.dtype().blockElements()];
    scales = new float[format.groups()];
    minima = new float[format.groups()];
    row = new byte[Math.toIntExact(data.rowBytes())];
  }

  private interface Sink {
    void accept(long block);
  }

  private interface GroupNumber {
    float of(int group);
  }

  private void each(Sink sink) {
    int blockBytes = data.dtype().blockBytes();
    int blocks = row.length / blockBytes;
    for (long i = 0; i < data.rows(); i++) {
      MemorySegment.copy(
          data.data(), ValueLayout.JAVA_BYTE, rows.source(i) * row.length, row, 0, row.length);
      for (int block = 0; block < blocks; block++) {
        format.read(row, block * blockBytes, q, scales, minima);
        sink.accept(i * blocks + block);
      }
    }
  }

  private void perGroup(MemorySegment to, GroupNumber number) {
    each(block -> {
      for (int g = 0; g < scales.length; g++) {
        to.set(F32, 4 * (block * scales.length + g), number.of(g));
      }
    });
  }

  /** The integers of all elements, two to a byte where they have 4 bits. */
  void values(MemorySegment to) {
    int bytes = format.isNibbles() ? q.length / 2 : q.length;
    byte[] packed = new byte[bytes];
    each(block -> {
      for (int i = 0; i < bytes; i++) {
        packed[i] = (byte) (format.isNibbles() ? (q[2 * i] & 15) | q[2 * i + 1] << 4 : q[i]);
      }
      MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_BYTE, block * bytes, bytes);
    });
  }

  /** Scales in single precision. */
  void scales(MemorySegment to) {
    perGroup(to, this::scale);
  }

  /** Zero points in single precision: what, taken from an integer, leaves value over scale. */
  void zeroPoints(MemorySegment to) {
    perGroup(to, g -> -minima[g] / scale(g));
  }

  /** Zero points as the nearest integers of 8 bits. */
  void wholeZeroPoints(MemorySegment to) {
    each(block -> {
      for (int g = 0; g < scales.length; g++) {
        to.set(ValueLayout.JAVA_BYTE, block * scales.length + g, (byte) whole(g));
      }
    });
  }

  /** What whole zero points leave of the minima. */
  void rests(MemorySegment to) {
    perGroup(to, g -> (float) (minima[g] + (double) scale(g) * whole(g)));
  }

  private long whole(int group) {
    long most = format.isNibbles() ? 15 : 255;
    return Math.clamp(Math.round(-minima[group] / (double) scale(group)), 0, most);
  }

  /** A group of one value has the scale 0 and integers that are 0, or count for nothing. */
  private float scale(int group) {
    return format.shifted() && scales[group] == 0 ? scaleOfOneValue(group) : scales[group];
  }

  private float scaleOfOneValue(int group) {
    // Any scale does where all integers are 0. Where they are not, one so small that they vanish
    // beside the minimum; but the quotient must stay finite.
    for (int i = group * format.group(); i < (group + 1) * format.group(); i++) {
      if (q[i] != 0) {
        return Math.max(Math.abs(minima[group]) * 0x1p-40f, Float.MIN_NORMAL);
      }
    }
    return 1;
  }
}
