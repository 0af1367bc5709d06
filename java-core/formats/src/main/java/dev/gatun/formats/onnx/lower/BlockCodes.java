package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights of a block format in ONNX Runtime's layout: for each row and block codes, element 0 in
 * the lowest bits; scales; offsets. Computed row by row when the model is written.
 */
final class BlockCodes {
  /** What of the weights a tensor holds. */
  private enum Part {
    CODES,
    SCALES,
    MINIMUMS,
    OFFSETS
  }

  private final Tensor weights;
  private final WeightForm form;
  private final int blocks;

  BlockCodes(Tensor weights, WeightForm form) {
    this.weights = weights;
    this.form = form;
    this.blocks = Math.toIntExact(weights.shape().rowLength() / form.block());
  }

  /** What is laid out. */
  Tensor weights() {
    return weights;
  }

  /** Blocks of a row. */
  int blocks() {
    return blocks;
  }

  /** U8 [rows, blocks, bytes of a block]. */
  OnnxContent codes() {
    return content(Part.CODES, (long) blocks * form.codeBytes());
  }

  /** F32 [rows, blocks]. */
  OnnxContent scales() {
    return content(Part.SCALES, 4L * blocks);
  }

  /** F32 [rows, blocks]: the value of the format's code 0. */
  OnnxContent minimums() {
    return content(Part.MINIMUMS, 4L * blocks);
  }

  /** F32 [rows, blocks]: the value of the code that ONNX Runtime takes for 0. */
  OnnxContent offsets() {
    return content(Part.OFFSETS, 4L * blocks);
  }

  private OnnxContent content(Part part, long rowBytes) {
    return new OnnxContent() {
      @Override
      public long byteSize() {
        return weights.rows() * rowBytes;
      }

      @Override
      public void write(MemorySegment target) {
        fill(part, target, rowBytes);
      }
    };
  }

  private void fill(Part part, MemorySegment target, long rowBytes) {
    int width = Math.toIntExact(weights.shape().rowLength());
    byte[] row = new byte[Math.toIntExact(weights.rowBytes())];
    float[] values = new float[width];
    float[] scales = new float[blocks];
    float[] minimums = new float[blocks];
    byte[] codes = new byte[blocks * form.codeBytes()];
    BlockFormat format = BlockFormat.of(weights.dtype());
    for (long r = 0; r < weights.rows(); r++) {
      MemorySegment.copy(weights.data(), ValueLayout.JAVA_BYTE, r * row.length, row, 0, row.length);
      BlockScales.read(weights.dtype(), row, scales, minimums);
      switch (part) {
        case CODES -> {
          format.decode(row, 0, values, 0, width);
          encode(values, scales, minimums, codes);
          MemorySegment.copy(codes, 0, target, ValueLayout.JAVA_BYTE, r * rowBytes, codes.length);
        }
        case SCALES -> put(scales, target, r * rowBytes);
        case MINIMUMS -> put(minimums, target, r * rowBytes);
        case OFFSETS -> {
          for (int b = 0; b < blocks; b++) {
            minimums[b] += scales[b] * form.middle();
          }
          put(minimums, target, r * rowBytes);
        }
      }
    }
  }

  private static void put(float[] numbers, MemorySegment target, long at) {
    for (int i = 0; i < numbers.length; i++) {
      target.set(Tensor.F32_LE, at + 4L * i, numbers[i]);
    }
  }

  /**
   * Codes of decoded values: each is a multiple of its block's scale, beyond the minimum, so that
   * rounding the quotient finds it whatever the format's layout.
   */
  private void encode(float[] values, float[] scales, float[] minimums, byte[] codes) {
    int size = form.block();
    int zero = form.zero() - form.middle();
    int most = (1 << form.bits()) - 1;
    for (int b = 0, at = 0, to = 0; b < blocks; b++) {
      float scale = scales[b];
      float minimum = form.offset() ? minimums[b] : 0;
      for (int i = 0; i < size; i++, at++) {
        int code = scale == 0 ? zero : Math.round((values[at] - minimum) / scale) + zero;
        code = Math.clamp(code, 0, most);
        if (form.bits() == 8) {
          codes[to++] = (byte) code;
        } else if (i % 2 == 0) {
          codes[to] = (byte) code;
        } else {
          codes[to++] |= (byte) (code << 4);
        }
      }
    }
  }
}
