package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;

/**
 * Weights of a node as numbers.
 *
 * @param name the constant's
 * @param values row by row; all finite
 * @param dims extents
 */
@SuppressWarnings("ArrayRecordComponent")
record WeightMatrix(String name, float[] values, int... dims) {
  /**
   * Reads a constant.
   *
   * @throws GatunException naming the weight when one of its numbers is not finite
   */
  static WeightMatrix of(ModelEdit edit, OnnxTensor tensor, String name) {
    Tensor content = tensor.tensor();
    float[] values = content.toFloats();
    int[] dims = Arrays.stream(content.shape().toArray()).mapToInt(Math::toIntExact).toArray();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new GatunException(
            GatunException.Kind.MODEL,
            "%s: weight '%s' has %s at element %d of %s; a model with such weights cannot be quantized: repair or exclude it"
                .formatted(edit.file(), name, values[i], i, content.shape()));
      }
    }
    return new WeightMatrix(name, values, dims);
  }

  /** ONNX's number of single precision. */
  static final int F32 = 1;

  /** Whether a tensor holds numbers that can be quantized. */
  static boolean isFloat(OnnxTensor tensor) {
    int type = tensor.elementType();
    return type == F32 || type == 10 || type == 16;
  }

  /** Element type of what is scaled back. */
  static DType dtype(OnnxTensor tensor) {
    return tensor.tensor().dtype();
  }

  int rows() {
    return dims[0];
  }

  int columns() {
    return dims[1];
  }

  /** The matrix with rows and columns exchanged. */
  WeightMatrix transposed() {
    float[] other = new float[values.length];
    int rows = rows();
    int columns = columns();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        other[c * rows + r] = values[r * columns + c];
      }
    }
    return new WeightMatrix(name, other, columns, rows);
  }

  /** The matrix with each row multiplied. */
  WeightMatrix scaledRows(float... factors) {
    float[] other = new float[values.length];
    int columns = columns();
    for (int i = 0; i < values.length; i++) {
      other[i] = values[i] * factors[i / columns];
    }
    return new WeightMatrix(name, other, dims);
  }
}
