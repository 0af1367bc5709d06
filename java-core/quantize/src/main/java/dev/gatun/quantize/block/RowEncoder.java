package dev.gatun.quantize.block;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;

/** Encodes rows of one type. Holds scratch: one thread at a time. */
interface RowEncoder {
  /**
   * Encodes one row.
   *
   * @param length whole blocks
   * @param importance one weight per column, or null
   */
  void row(float[] x, int from, int length, float[] importance, byte[] dst, int at);

  /** Blocks that know nothing of each other. */
  abstract class Blocks implements RowEncoder {
    private final int elements;
    private final int bytes;

    Blocks(DType dtype) {
      elements = dtype.blockElements();
      bytes = dtype.blockBytes();
    }

    @Override
    public final void row(float[] x, int from, int length, float[] importance, byte[] dst, int at) {
      for (int column = 0; column < length; column += elements, at += bytes) {
        block(x, from + column, importance, column, dst, at);
      }
    }

    /** Encodes one block; the importance of its first element is at {@code column}. */
    abstract void block(float[] x, int from, float[] importance, int column, byte[] dst, int at);
  }

  /** The encoders of {@link BlockFormat}. */
  final class Plain implements RowEncoder {
    private final BlockFormat format;

    Plain(DType dtype) {
      format = BlockFormat.of(dtype);
    }

    @Override
    public void row(float[] x, int from, int length, float[] importance, byte[] dst, int at) {
      format.encode(x, from, dst, at, length);
    }
  }
}
