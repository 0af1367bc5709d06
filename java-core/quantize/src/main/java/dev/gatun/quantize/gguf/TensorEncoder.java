package dev.gatun.quantize.gguf;

import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;

/** Turns rows of one tensor into their new bytes, and refuses numbers that no model can have. */
final class TensorEncoder {
  /**
   * Half-precision scales overflow at 65,504, far beyond the weights of any sound model; rows with
   * larger numbers are read back.
   */
  private static final float SUSPICIOUS = 1000;

  private final TensorPlan plan;
  private final float[] weights;
  private final Queue<float[]> scratch;

  /**
   * @param scratch arrays to work in, returned after use
   */
  TensorEncoder(TensorPlan plan, Optional<UsedImportance> importance, Queue<float[]> scratch) {
    this.plan = plan;
    this.scratch = scratch;
    this.weights =
        plan.copied() || !BlockQuantizer.of(plan.type()).usesImportance()
            ? null
            : importance
                .flatMap(known -> known.matrix().weights(plan.source().name()))
                .filter(values -> values.length == plan.importanceLength())
                .orElse(null);
  }

  /** Whether rows are weighted, so that a piece must not reach from one matrix to the next. */
  boolean weighted() {
    return weights != null;
  }

  /** The bytes of some rows. */
  byte[] encode(Slab slab, long first, long end) {
    int rows = Math.toIntExact(end - first);
    int columns = Math.toIntExact(plan.source().shape().rowLength());
    Tensor from = slab.rows(first, rows);
    int count = Math.multiplyExact(rows, columns);
    float[] values = scratch(count);
    BlockFormat.of(from.dtype()).decode(from.data(), 0, values, 0, count);
    float largest = requireFinite(values, count, first, columns);
    byte[] bytes;
    if (plan.copied()) {
      bytes = from.data().toArray(ValueLayout.JAVA_BYTE);
    } else {
      bytes = new byte[Math.toIntExact(plan.type().byteSize(count))];
      BlockQuantizer.of(plan.type())
          .quantize(values, 0, rows, columns, columnWeights(first, columns), bytes, 0);
      if (largest > SUSPICIOUS) {
        BlockFormat.of(plan.type()).decode(MemorySegment.ofArray(bytes), 0, values, 0, count);
        requireFinite(values, count, first, columns);
      }
    }
    scratch.add(values);
    return bytes;
  }

  private float[] columnWeights(long row, int columns) {
    if (weights == null || weights.length == columns) {
      return weights;
    }
    int matrix = Math.toIntExact(row / plan.rowsPerMatrix());
    return Arrays.copyOfRange(weights, matrix * columns, (matrix + 1) * columns);
  }

  private float[] scratch(int count) {
    float[] values = scratch.poll();
    return values != null && values.length >= count ? values : new float[count];
  }

  /** The largest magnitude. */
  private float requireFinite(float[] values, int count, long firstRow, int columns) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    if (largest <= Float.MAX_VALUE) {
      return largest;
    }
    int at = 0;
    while (Float.isFinite(values[at])) {
      at++;
    }
    throw new GatunException(
        GatunException.Kind.MODEL,
        "tensor '%s' has %s at row %d, column %d, which %s cannot hold; the model is damaged, or was not stored whole"
            .formatted(
                plan.source().name(),
                values[at],
                firstRow + at / columns,
                at % columns,
                plan.type()));
  }
}
