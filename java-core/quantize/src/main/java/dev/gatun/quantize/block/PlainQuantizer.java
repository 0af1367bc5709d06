package dev.gatun.quantize.block;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;

/** The types whose encoder needs no search and takes no importance. */
final class PlainQuantizer extends BlockQuantizer {
  private final BlockFormat format;

  PlainQuantizer(DType dtype) {
    super(dtype);
    this.format = BlockFormat.of(dtype);
  }

  @Override
  void encode(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset) {
    format.encode(src, srcOffset, dst, dstOffset, rows * rowLength);
  }
}
