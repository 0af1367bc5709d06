package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufWriter.Sink;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Declares tensors in MLX's quantized form. Codes, scales and biases stand apart in the file; each
 * is computed when it is its turn, so that memory does not grow with the model.
 */
record MlxTensors(MlxFormat format, TensorStream stream, SafetensorsWriter out) {
  private enum Part {
    CODES,
    SCALES,
    BIASES
  }

  /** Whether a tensor is quantized: a matrix with whole groups in a row. */
  boolean quantizes(PlannedTensor tensor) {
    return tensor.shape().rank() == 2
        && tensor.name().endsWith(".weight")
        && format.fits(tensor.shape().rowLength());
  }

  /** Declares a tensor, quantized where that is possible. */
  void add(PlannedTensor tensor) {
    if (!quantizes(tensor)) {
      out.tensor(
          new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
          sink -> stream.write(tensor, sink));
      return;
    }
    String module = tensor.name().substring(0, tensor.name().length() - ".weight".length());
    long rows = tensor.shape().dim(0);
    long length = tensor.shape().dim(1);
    out.tensor(
        new TensorInfo(tensor.name(), DType.U32, Shape.of(rows, length * format.bits() / 32)),
        sink -> write(tensor, Part.CODES, sink));
    Shape groups = Shape.of(rows, length / format.group());
    out.tensor(
        new TensorInfo(module + ".scales", tensor.type(), groups),
        sink -> write(tensor, Part.SCALES, sink));
    out.tensor(
        new TensorInfo(module + ".biases", tensor.type(), groups),
        sink -> write(tensor, Part.BIASES, sink));
  }

  /** Quantizes the numbers as they are stored, rounded to the tensor's type. */
  private void write(PlannedTensor tensor, Part part, Sink sink) throws IOException {
    BlockFormat stored = BlockFormat.of(tensor.type());
    stream.write(
        tensor,
        piece -> {
          int count = (int) (piece.byteSize() / tensor.type().blockBytes());
          float[] numbers = new float[count];
          stored.decode(piece, 0, numbers, 0, count);
          sink.write(MemorySegment.ofArray(part(numbers, part, stored)));
        });
  }

  private byte[] part(float[] numbers, Part part, BlockFormat stored) {
    int groups = numbers.length / format.group();
    int[] codes = new int[numbers.length];
    float[] affine = new float[2];
    float[] values = new float[groups];
    for (int group = 0; group < groups; group++) {
      int at = group * format.group();
      format.quantize(numbers, at, codes, at, affine);
      values[group] = affine[part == Part.BIASES ? 1 : 0];
    }
    if (part == Part.CODES) {
      byte[] bytes = new byte[numbers.length * format.bits() / 8];
      format.pack(codes, numbers.length, bytes);
      return bytes;
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[groups * stored.dtype().blockBytes()]);
    stored.encode(values, 0, bytes, 0, groups);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }
}
