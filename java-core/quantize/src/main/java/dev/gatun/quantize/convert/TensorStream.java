package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufWriter.Sink;
import dev.gatun.quantize.block.BlockQuantizer;
import dev.gatun.quantize.convert.NumberSource.Rows;
import dev.gatun.quantize.convert.PlannedTensor.Slice;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/**
 * Writes planned tensors a few rows at a time. Memory is that of one batch of rows, whatever the
 * size of the tensor.
 */
final class TensorStream {
  /** Numbers of one batch; a single row may have more. */
  private static final int BATCH = 1 << 18;

  /** Largest finite number of F16, and where rounding to it ends. */
  private static final float F16_LIMIT = 65520f;

  private final NumberSource source;
  private final LongConsumer progress;

  /**
   * @param progress told the bytes of each batch
   */
  TensorStream(NumberSource source, LongConsumer progress) {
    this.source = source;
    this.progress = progress;
  }

  /**
   * Writes one tensor.
   *
   * @throws GatunException when a number is not finite or too large for the type
   */
  void write(PlannedTensor tensor, Sink sink) throws IOException {
    write(tensor, 0, tensor.shape().elements(), sink);
  }

  /**
   * Writes some rows of a tensor.
   *
   * @param first its first number
   * @param count how many numbers; whole rows of the slices
   * @throws GatunException when a number is not finite or too large for the type
   */
  void write(PlannedTensor tensor, long first, long count, Sink sink) throws IOException {
    long at = 0;
    for (Slice slice : tensor.slices()) {
      long numbers = slice.rows() * slice.length();
      long from = Math.max(first, at);
      long to = Math.min(first + count, at + numbers);
      if (from < to) {
        long start = (from - at) / slice.length();
        long end = (to - at) / slice.length();
        source.withRows(slice.source(), rows -> write(tensor, slice, start, end, rows, sink));
      }
      at += numbers;
    }
  }

  private void write(PlannedTensor tensor, Slice slice, long first, long end, Rows rows, Sink sink)
      throws IOException {
    int length = slice.length();
    int batchRows = (int) Math.min(end - first, Math.max(1, BATCH / length));
    BlockQuantizer quantizer = BlockQuantizer.of(tensor.type());
    float[] numbers = new float[Math.multiplyExact(batchRows, length)];
    byte[] bytes = new byte[Math.toIntExact(tensor.type().byteSize(numbers.length))];
    for (long row = first; row < end; row += batchRows) {
      int count = (int) Math.min(batchRows, end - row);
      read(slice, rows, row, count, numbers);
      check(tensor, numbers, count * length);
      if (length == 1) {
        // The numbers of a vector are one row.
        quantizer.quantize(numbers, 0, 1, count, null, bytes, 0);
      } else {
        quantizer.quantize(numbers, 0, count, length, null, bytes, 0);
      }
      int size = (int) tensor.type().byteSize((long) count * length);
      sink.write(MemorySegment.ofArray(bytes).asSlice(0, size));
      progress.accept(size);
    }
  }

  private static void read(Slice slice, Rows rows, long row, int count, float[] dst) {
    int length = slice.length();
    if (slice.heads() == 0) {
      rows.read((slice.first() + row) * length, count * length, dst, 0);
      return;
    }
    for (int i = 0; i < count; i++) {
      rows.read(slice.row(row + i) * length, length, dst, i * length);
    }
  }

  private static void check(PlannedTensor tensor, float[] numbers, int count) {
    float plus = tensor.plus();
    boolean half = tensor.type() == DType.F16;
    for (int i = 0; i < count; i++) {
      // A sum with zero would take the sign of -0.
      float number = plus == 0 ? numbers[i] : numbers[i] + plus;
      numbers[i] = number;
      if (!Float.isFinite(number)) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "tensor '%s' has a number that is %s; the model is damaged or its training diverged"
                .formatted(tensor.name(), number));
      }
      if (half && Math.abs(number) >= F16_LIMIT) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "tensor '%s' has the number %s, which F16 cannot hold; convert with --type bf16 or f32"
                .formatted(tensor.name(), number));
      }
    }
  }
}
