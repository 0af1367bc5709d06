package dev.gatun.quantize.gguf;

import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
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

  /** Numbers that are worked on at a time: decoded, they fit the first caches. */
  private static final int STEP_ELEMENTS = 1 << 13;

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
    int columns = Math.toIntExact(plan.source().shape().rowLength());
    int step = Math.max(1, STEP_ELEMENTS / columns);
    float[] values = scratch(step * columns);
    Tensor from = slab.rows(first, end - first);
    byte[] bytes =
        plan.copied()
            ? from.data().toArray(ValueLayout.JAVA_BYTE)
            : new byte[Math.toIntExact(plan.type().byteSize((end - first) * columns))];
    for (long row = first; row < end; row += step) {
      int rows = (int) Math.min(step, end - row);
      encode(from, row, (int) (row - first), rows, columns, values, bytes);
    }
    scratch.add(values);
    return bytes;
  }

  private void encode(
      Tensor from, long row, int at, int rows, int columns, float[] values, byte[] bytes) {
    int count = rows * columns;
    BlockFormat.of(from.dtype()).decode(from.data(), at * from.rowBytes(), values, 0, count);
    float largest = requireFinite(values, count, row, columns);
    if (plan.copied()) {
      return;
    }
    int to = Math.toIntExact(plan.type().byteSize((long) at * columns));
    BlockQuantizer.of(plan.type())
        .quantize(values, 0, rows, columns, columnWeights(row, columns), bytes, to);
    if (largest > SUSPICIOUS) {
      BlockFormat.of(plan.type()).decode(bytes, to, values, 0, count);
      requireFinite(values, count, row, columns);
    }
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
    // Of magnitudes the order of the bits is that of the numbers, and whole numbers are compared in
    // vectors.
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    if (Float.isFinite(Float.intBitsToFloat(largest))) {
      return Float.intBitsToFloat(largest);
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
