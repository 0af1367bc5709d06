package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Constants. A block format whose groups have a scale and a minimum stays as small as it is:
 * integers, converted, less a zero point in single precision ({@code -minimum / scale}), times the
 * scale, which compilers recognize and keep. Exact but for the rounding of that quotient. Another
 * block format is decoded, exactly, to F32.
 */
final class WeightLowering {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Where the parts of a constant lie. */
  private record Place(long values, long scales, long zeroPoints) {}

  private final IrBuilder ir;
  private final Map<String, Place> places = new HashMap<>();

  WeightLowering(IrBuilder ir) {
    this.ir = ir;
  }

  /** What becomes of a format. */
  static WeightUse use(DType dtype) {
    Optional<GroupFormat> format = GroupFormat.of(dtype);
    if (format.isEmpty()) {
      return new WeightUse(true, dtype.isBlocked() ? "decoded to F32" : "as stored");
    }
    GroupFormat group = format.get();
    String integers = "as %s in groups of %d".formatted(group.elementType(), group.group());
    // The zero point is a quotient in single precision: less than the products are rounded by.
    return new WeightUse(
        true, group.shifted() ? integers + " with floating zero points" : integers);
  }

  /** A constant: blocks and half precision give F32, other dtypes themselves. */
  Output lower(Constant constant, Rows rows) {
    Tensor data = constant.data();
    DType dtype = data.dtype();
    long[] shape = data.shape().toArray();
    Optional<GroupFormat> format = GroupFormat.of(dtype);
    if (format.isPresent()) {
      return groups(constant, format.get(), shape, rows);
    }
    String key = constant.value().name() + rows.key();
    if (dtype.isBlocked()) {
      long bytes = 4 * data.shape().elements();
      Place place =
          places.computeIfAbsent(
              key, absent -> new Place(ir.piece(bytes, to -> decode(data, rows, to)), 0, 0));
      return ir.constant(ElementTypes.F32, shape, place.values(), bytes);
    }
    long bytes = data.data().byteSize();
    Place place =
        places.computeIfAbsent(
            key, absent -> new Place(ir.piece(bytes, to -> copy(data, rows, to)), 0, 0));
    Output stored = ir.constant(ElementTypes.of(dtype), shape, place.values(), bytes);
    return dtype == DType.F16 || dtype == DType.BF16
        ? ir.decompress(stored, ElementTypes.F32)
        : stored;
  }

  private Output groups(Constant constant, GroupFormat format, long[] shape, Rows rows) {
    Tensor data = constant.data();
    long elements = data.shape().elements();
    long count = elements / format.group();
    long bytes = format.isNibbles() ? elements / 2 : elements;
    Place place =
        places.computeIfAbsent(
            constant.value().name() + rows.key(),
            absent -> {
              // Three passes over the blocks: each piece is filled on its own.
              long values = ir.piece(bytes, to -> new Filler(data, format, rows).values(to));
              long scales = ir.piece(4 * count, to -> new Filler(data, format, rows).scales(to));
              long zeroPoints =
                  format.shifted()
                      ? ir.piece(4 * count, to -> new Filler(data, format, rows).zeroPoints(to))
                      : 0;
              return new Place(values, scales, zeroPoints);
            });
    long[] grouped = Arrays.copyOf(shape, shape.length + 1);
    grouped[shape.length - 1] = shape[shape.length - 1] / format.group();
    grouped[shape.length] = format.group();
    long[] each = grouped.clone();
    each[shape.length] = 1;
    // Unlike half precision without the mark of decompression: with it the CPU plugin unpacks.
    Output x =
        ir.convert(
            ir.constant(format.elementType(), grouped, place.values(), bytes), ElementTypes.F32);
    if (format.shifted()) {
      Output zeroPoints = ir.constant(ElementTypes.F32, each, place.zeroPoints(), 4 * count);
      x = ir.layer("Subtract", "opset1", "auto_broadcast=\"numpy\"", x, zeroPoints);
    }
    Output scales = ir.constant(ElementTypes.F32, each, place.scales(), 4 * count);
    x = ir.layer("Multiply", "opset1", "auto_broadcast=\"numpy\"", x, scales);
    return ir.layer("Reshape", "opset1", "special_zero=\"false\"", x, ir.integers(shape));
  }

  private static void copy(Tensor data, Rows rows, MemorySegment to) {
    if (rows.isPlain()) {
      to.copyFrom(data.data());
      return;
    }
    long bytes = data.rowBytes();
    for (long row = 0; row < data.rows(); row++) {
      MemorySegment.copy(data.data(), rows.source(row) * bytes, to, row * bytes, bytes);
    }
  }

  private static void decode(Tensor data, Rows rows, MemorySegment to) {
    int length = Math.toIntExact(data.shape().rowLength());
    float[] row = new float[length];
    BlockFormat format = BlockFormat.of(data.dtype());
    for (long i = 0; i < data.rows(); i++) {
      format.decode(data.data(), rows.source(i) * data.rowBytes(), row, 0, length);
      MemorySegment.copy(row, 0, to, F32, 4 * i * length, length);
    }
  }

  /** Reads blocks and writes one of their parts. */
  private static final class Filler {
    private final Tensor data;
    private final GroupFormat format;
    private final Rows rows;
    private final int[] q;
    private final float[] scales;
    private final float[] minima;
    private final byte[] row;

    Filler(Tensor data, GroupFormat format, Rows rows) {
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

    void scales(MemorySegment to) {
      each(block -> {
        for (int g = 0; g < scales.length; g++) {
          to.set(F32, 4 * (block * scales.length + g), scale(g));
        }
      });
    }

    void zeroPoints(MemorySegment to) {
      each(block -> {
        for (int g = 0; g < scales.length; g++) {
          to.set(F32, 4 * (block * scales.length + g), -minima[g] / scale(g));
        }
      });
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
}
