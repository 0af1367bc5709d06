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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Constants. A block format whose groups have a scale stays as small as it is ({@link
 * GroupWeights}); another block format is decoded, exactly, to F32.
 */
final class WeightLowering {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final IrBuilder ir;
  private final GroupWeights groups;
  private final Map<String, Long> places = new HashMap<>();

  WeightLowering(IrBuilder ir, GroupWeights groups) {
    this.ir = ir;
    this.groups = groups;
  }

  /** What becomes of a format. */
  static WeightUse use(DType dtype, LoweringOptions.Minima minima) {
    Optional<GroupFormat> format = GroupFormat.of(dtype);
    if (format.isEmpty()) {
      return new WeightUse(true, dtype.isBlocked() ? "decoded to F32" : "as stored");
    }
    GroupFormat group = format.get();
    String integers = "as %s in groups of %d".formatted(group.elementType(), group.group());
    if (!group.shifted()) {
      return new WeightUse(true, integers);
    }
    // In a table of embeddings the zero point is a quotient in single precision: less than products
    // are rounded by.
    return switch (minima) {
      case APART -> new WeightUse(true, integers + ", what zero points leave apart");
      case JOINED -> new WeightUse(false, integers + ", what zero points leave in 8 bits");
      case WHOLE -> new WeightUse(false, integers + ", with whole zero points");
    };
  }

  /** A constant: blocks and half precision give F32, other dtypes themselves. */
  Output lower(Constant constant, Rows rows) {
    Tensor data = constant.data();
    DType dtype = data.dtype();
    long[] shape = data.shape().toArray();
    Optional<GroupFormat> format = GroupFormat.of(dtype);
    if (format.isPresent()) {
      return groups.lower(constant, format.get(), rows);
    }
    String key = constant.value().name() + rows.key();
    if (dtype.isBlocked()) {
      long bytes = 4 * data.shape().elements();
      long place =
          places.computeIfAbsent(key, absent -> ir.piece(bytes, to -> decode(data, rows, to)));
      return ir.constant(ElementTypes.F32, shape, place, bytes);
    }
    long bytes = data.data().byteSize();
    long place = places.computeIfAbsent(key, absent -> ir.piece(bytes, to -> copy(data, rows, to)));
    Output stored = ir.constant(ElementTypes.of(dtype), shape, place, bytes);
    return dtype == DType.F16 || dtype == DType.BF16
        ? ir.decompress(stored, ElementTypes.F32)
        : stored;
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
}
