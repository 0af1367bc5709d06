package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/**
 * Any format with a {@link BlockFormat}: rows as the file stores them, decoded by its scalar
 * decoder. Correct for every format; slow when few rows of X share the decoding.
 */
final class DecodedTiles extends TileFormat {
  /** Elements decoded at a time: a multiple of every block length. */
  private static final int STEP = 256;

  private final BlockFormat format;
  private final ThreadLocal<Buffer> buffers;

  /** Heap memory of one thread for the decoder, which works on arrays. */
  private static final class Buffer {
    final byte[] blocks;
    final float[] values = new float[STEP];

    Buffer(int bytes) {
      blocks = new byte[bytes];
    }
  }

  DecodedTiles(DType dtype) {
    super(dtype);
    format = BlockFormat.of(dtype);
    int bytes = Math.toIntExact(dtype.byteSize(STEP));
    buffers = ThreadLocal.withInitial(() -> new Buffer(bytes));
  }

  @Override
  String layout() {
    return dtype().name().toLowerCase(Locale.ROOT) + ".rows.32";
  }

  @Override
  long tileBytes(int k) {
    return (ROWS * dtype().byteSize(k) + 63) / 64 * 64;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    MemorySegment.copy(ALL, rows, ALL, tile, count * dtype().byteSize(k));
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    Buffer buffer = buffers.get();
    long rowBytes = dtype().byteSize(k);
    for (int r = 0; r < ROWS; r++) {
      for (int i = from; i < to; i += STEP) {
        int count = Math.min(STEP, to - i);
        int bytes = (int) dtype().byteSize(count);
        long at = tile + r * rowBytes + dtype().byteSize(i);
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, at, buffer.blocks, 0, bytes);
        format.decode(buffer.blocks, 0, buffer.values, 0, count);
        long to0 = partOf(panel, to - from, r) + (i - from) * PANEL_BYTES;
        for (int j = 0; j < count; j++) {
          ALL.set(Memory.F32, to0 + j * PANEL_BYTES, buffer.values[j]);
        }
      }
    }
  }
}
