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

  /**
   * A constant in two parts.
   *
   * @param whole with integers as zero points, [.., N, K] F32
   * @param rests what has to be added to each element of a group, [.., N, K / group] F32
   */
  record Halves(Output whole, Output rests) {}

  /** A constant whose format has minima, with whole zero points and what they leave. */
  Halves halves(Constant constant, GroupFormat format, Rows rows) {
    var parts = new Parts(constant, format, rows);
    Output stored =
        ir.constant(
            "u8",
            parts.perGroup(true),
            parts.piece("whole zero points", parts.groups, GroupPieces::wholeZeroPoints),
            parts.groups);
    return new Halves(
        parts.weights(ir.convert(stored, ElementTypes.F32)),
        parts.floats("rests", GroupPieces::rests, false));
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
      if (zeroPoints != null) {
        x = ir.layer("Subtract", "opset1", "auto_broadcast=\"numpy\"", x, zeroPoints);
      }
      Output scales = floats("scales", GroupPieces::scales, true);
      x = ir.layer("Multiply", "opset1", "auto_broadcast=\"numpy\"", x, scales);
      long[] shape = data.shape().toArray();
      return ir.layer("Reshape", "opset1", "special_zero=\"false\"", x, ir.integers(shape));
    }
  }
}
