package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** A tensor decoded to F32, row by row, when the model is written. */
record DecodedContent(Tensor tensor) implements OnnxContent {
  @Override
  public long byteSize() {
    return 4 * tensor.shape().elements();
  }

  @Override
  public void write(MemorySegment target) {
    BlockFormat format = BlockFormat.of(tensor.dtype());
    float[] row = new float[Math.toIntExact(tensor.shape().rowLength())];
    for (long r = 0; r < tensor.rows(); r++) {
      format.decode(tensor.data(), r * tensor.rowBytes(), row, 0, row.length);
      for (int i = 0; i < row.length; i++) {
        target.set(Tensor.F32_LE, (r * row.length + i) * 4, row[i]);
      }
    }
  }
}
