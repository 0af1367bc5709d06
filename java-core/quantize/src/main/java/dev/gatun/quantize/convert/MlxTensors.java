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
import java.util.Map;

/**
 * Declares tensors in MLX's quantized form, each in the format of its module. Codes, scales and
 * biases stand apart in the file; each is computed when it is its turn, so that memory does not
 * grow with the model.
 */
record MlxTensors(Map<String, MlxFormat> formats, TensorStream stream, SafetensorsWriter out) {
  /** Behind the name of a module, its matrix. */
  static final String WEIGHT = ".weight";

  private enum Part {
    CODES,
    SCALES,
    BIASES
  }

  /** The module that a matrix belongs to. */
  static String module(String tensor) {
    return tensor.substring(0, tensor.length() - WEIGHT.length());
  }

  /** Declares a tensor, quantized where there is a format for it. */
  void add(PlannedTensor tensor) {
    String module = tensor.name().endsWith(WEIGHT) ? module(tensor.name()) : "";
    MlxFormat format = formats.get(module);
    if (format == null) {
      out.tensor(
          new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
          sink -> stream.write(tensor, sink));
      return;
    }
    long length = tensor.shape().rowLength();
    Shape groups = withRows(tensor.shape(), length / format.group());
    boolean affine = format.mode() == MlxMode.AFFINE;
    out.tensor(
        new TensorInfo(
            tensor.name(), DType.U32, withRows(tensor.shape(), length * format.bits() / 32)),
        sink -> write(tensor, format, Part.CODES, sink));
    out.tensor(
        new TensorInfo(module + ".scales", affine ? tensor.type() : DType.U8, groups),
        sink -> write(tensor, format, Part.SCALES, sink));
    if (affine) {
      out.tensor(
          new TensorInfo(module + ".biases", tensor.type(), groups),
          sink -> write(tensor, format, Part.BIASES, sink));
    }
  }

  /** The shape with rows of another length: of a matrix, or of one for each expert. */
  private static Shape withRows(Shape shape, long length) {
    long[] dims = shape.toArray();
    dims[dims.length - 1] = length;
    return Shape.of(dims);
  }

  /** Quantizes the numbers as they are stored, rounded to the tensor's type. */
  private void write(PlannedTensor tensor, MlxFormat format, Part part, Sink sink)
      throws IOException {
    BlockFormat stored = BlockFormat.of(tensor.type());
    stream.write(
        tensor,
        piece -> {
          int count = (int) (piece.byteSize() / tensor.type().blockBytes());
          float[] numbers = new float[count];
          stored.decode(piece, 0, numbers, 0, count);
          byte[] bytes =
              format.mode() == MlxMode.AFFINE
                  ? affine(numbers, format, part, stored)
                  : floats(numbers, format, part, stored);
          sink.write(MemorySegment.ofArray(bytes));
        });
  }

  private static byte[] affine(float[] numbers, MlxFormat format, Part part, BlockFormat stored) {
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
      return packed(codes, format);
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[groups * stored.dtype().blockBytes()]);
    stored.encode(values, 0, bytes, 0, groups);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] floats(float[] numbers, MlxFormat format, Part part, BlockFormat stored) {
    MlxFloats floats = MlxFloats.of(format.mode());
    int[] codes = new int[numbers.length];
    byte[] groups = new byte[numbers.length / format.group()];
    for (int group = 0; group < groups.length; group++) {
      int at = group * format.group();
      groups[group] = (byte) floats.quantize(numbers, at, format.group(), codes, at, stored);
    }
    return part == Part.CODES ? packed(codes, format) : groups;
  }

  private static byte[] packed(int[] codes, MlxFormat format) {
    byte[] bytes = new byte[codes.length * format.bits() / 8];
    format.pack(codes, codes.length, bytes);
    return bytes;
  }
}
