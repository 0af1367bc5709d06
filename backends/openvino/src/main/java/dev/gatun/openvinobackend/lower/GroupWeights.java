package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Constants of a {@link GroupFormat} in the arrangement that compilers recognize and keep as small
 * as it is: integers, converted, less a zero point, times a scale. Each part lies in the model
 * once.
 */
final class GroupWeights {
  private final IrBuilder ir;
  private final Map<String, Long> offsets = new HashMap<>();

  GroupWeights(IrBuilder ir) {
    this.ir = ir;
  }

  /** A constant with zero points in single precision ({@code -minimum / scale}), as F32. */
  Output lower(Constant constant, GroupFormat format, Rows rows) {
    var parts = new Parts(constant, format, rows);
    return parts.weights(
        format.shifted() ? parts.floats("zero points", GroupPieces::zeroPoints, true) : null);
  }

  /** A constant whose format has minima, with the nearest whole zero points, [.., N, K] F32. */
  Output whole(Constant constant, GroupFormat format, Rows rows) {
    var parts = new Parts(constant, format, rows);
    Output stored =
        ir.constant(
            "u8",
            parts.perGroup(true),
            parts.piece("whole zero points", parts.groups, GroupPieces::wholeZeroPoints),
            parts.groups);
    return parts.weights(ir.convert(stored, ElementTypes.F32));
  }

  /** What has to be added to each element of a group of {@link #whole}, [.., N, K / group] F32. */
  Output rests(Constant constant, GroupFormat format, Rows rows) {
    return new Parts(constant, format, rows).floats("rests", GroupPieces::rests, false);
  }

  /**
   * A constant whose format has minima, made wider by the rests, rounded to 8 bits, as {@link
   * JoinedPieces} says.
   *
   * @return [.., N, width] F32
   */
  Output joined(Constant constant, GroupFormat format, Rows rows) {
    Tensor data = constant.data();
    String key = constant.value().name() + rows.key() + "|joined ";
    long[] shape = data.shape().toArray();
    int last = shape.length - 1;
    long width = JoinedPieces.width(format, shape[last]);
    long elements = data.rows() * width;
    long count = elements / format.group();
    long[] grouped = Arrays.copyOf(shape, shape.length + 1);
    grouped[last] = width / format.group();
    grouped[last + 1] = format.group();
    long[] each = grouped.clone();
    each[last + 1] = 1;
    shape[last] = width;
    long bytes = format.isNibbles() ? elements / 2 : elements;
    Output values =
        ir.constant(
            format.elementType(),
            grouped,
            piece(key + "values", bytes, constant, format, rows, JoinedPieces::values),
            bytes);
    Output zeroPoints =
        ir.constant(
            "u8",
            each,
            piece(key + "zero points", count, constant, format, rows, JoinedPieces::zeroPoints),
            count);
    long scaleBytes = Float.BYTES * count;
    Output scales =
        ir.constant(
            ElementTypes.F32,
            each,
            piece(key + "scales", scaleBytes, constant, format, rows, JoinedPieces::scales),
            scaleBytes);
    return multiplied(
        ir.convert(values, ElementTypes.F32),
        ir.convert(zeroPoints, ElementTypes.F32),
        scales,
        shape);
  }

  private long piece(
      String key,
      long bytes,
      Constant constant,
      GroupFormat format,
      Rows rows,
      BiConsumer<JoinedPieces, MemorySegment> fill) {
    return offsets.computeIfAbsent(
        key,
        absent ->
            ir.piece(
                bytes, to -> fill.accept(new JoinedPieces(constant.data(), format, rows), to)));
  }

  /** Integers less zero points, if there are any, times scales, as a matrix. */
  private Output multiplied(Output x, Output zeroPoints, Output scales, long[] shape) {
    Output shifted =
        zeroPoints == null
            ? x
            : ir.layer("Subtract", "opset1", "auto_broadcast=\"numpy\"", x, zeroPoints);
    Output y = ir.layer("Multiply", "opset1", "auto_broadcast=\"numpy\"", shifted, scales);
    return ir.layer("Reshape", "opset1", "special_zero=\"false\"", y, ir.integers(shape));
  }

  /** The parts of one constant. */
  private final class Parts {
    private final Tensor data;
    private final GroupFormat format;
    private final Rows rows;
    private final String key;
    private final long groups;

    Parts(Constant constant, GroupFormat format, Rows rows) {
      data = constant.data();
      this.format = format;
      this.rows = rows;
      key = constant.value().name() + rows.key() + "|";
      groups = data.shape().elements() / format.group();
    }

    /** A part's offset; each is filled on its own, with a pass of its own over the blocks. */
    long piece(String part, long bytes, BiConsumer<GroupPieces, MemorySegment> fill) {
      return offsets.computeIfAbsent(
          key + part,
          absent -> ir.piece(bytes, to -> fill.accept(new GroupPieces(data, format, rows), to)));
    }

    Output floats(String part, BiConsumer<GroupPieces, MemorySegment> fill, boolean each) {
      long bytes = Float.BYTES * groups;
      return ir.constant(ElementTypes.F32, perGroup(each), piece(part, bytes, fill), bytes);
    }

    /** [.., K / group], or with {@code each} [.., K / group, 1]. */
    long[] perGroup(boolean each) {
      long[] shape = data.shape().toArray();
      long[] dims = Arrays.copyOf(shape, shape.length + (each ? 1 : 0));
      dims[shape.length - 1] = shape[shape.length - 1] / format.group();
      if (each) {
        dims[shape.length] = 1;
      }
      return dims;
    }

    Output weights(Output zeroPoints) {
      long elements = data.shape().elements();
      long bytes = format.isNibbles() ? elements / 2 : elements;
      long[] grouped = perGroup(true);
      grouped[grouped.length - 1] = format.group();
      // Unlike half precision without the mark of decompression: with it the CPU plugin unpacks.
      Output x =
          ir.convert(
              ir.constant(
                  format.elementType(),
                  grouped,
                  piece("values", bytes, GroupPieces::values),
                  bytes),
              ElementTypes.F32);
      Output scales = floats("scales", GroupPieces::scales, true);
      return multiplied(x, zeroPoints, scales, data.shape().toArray());
    }
  }
}
