package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.op.Array;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** Constants of a graph as constants of QNN's. Decoded when a graph is built, row by row. */
final class Constants {
  private static final int CHUNK = 1 << 14;

  private final Emitter emit;

  Constants(Emitter emit) {
    this.emit = emit;
  }

  /** The constant as it is. */
  QnnTensor plain(Constant constant, Form form, List<Integer> dims) {
    Tensor data = constant.data();
    if (form.quantization().isPresent()) {
      return permuted(constant, form, dims, IntStream.range(0, dims.size()).toArray());
    }
    return emit.constant(
        form,
        dims,
        data.dtype().isBlocked() || data.dtype() == DType.F32 || data.dtype() == DType.F16
            ? target -> rows(data, form.elements(), target)
            : target -> elements(data, form.elements(), target));
  }

  private static void rows(Tensor data, Elements elements, MemorySegment target) {
    int length = Math.toIntExact(data.shape().rowLength());
    float[] row = new float[length];
    BlockFormat format = BlockFormat.of(data.dtype());
    for (long i = 0; i < data.rows(); i++) {
      format.decode(data.data(), i * data.rowBytes(), row, 0, length);
      for (int k = 0; k < length; k++) {
        Numbers.put(elements, row[k], target, i * length + k);
      }
    }
  }

  private static void elements(Tensor data, Elements elements, MemorySegment target) {
    Array array = Array.of(data);
    long count = data.shape().elements();
    double[] chunk = new double[CHUNK];
    for (long from = 0; from < count; from += CHUNK) {
      int length = (int) Math.min(CHUNK, count - from);
      array.read(from, chunk, length);
      for (int i = 0; i < length; i++) {
        Numbers.put(elements, chunk[i], target, from + i);
      }
    }
  }

  /**
   * The constant with other axes.
   *
   * @param dims as the constant is read, which may have axes of extent 1 that it has not
   * @param permutation axis {@code i} of the result is axis {@code permutation[i]} of {@code dims}
   */
  QnnTensor permuted(Constant constant, Form form, List<Integer> dims, int... permutation) {
    List<Integer> permuted = Emitter.list(permutation).stream().map(dims::get).toList();
    return emit.constant(
        form,
        permuted,
        target -> {
          double[] values = Array.of(constant.data()).values();
          int[] strides = new int[dims.size()];
          int stride = 1;
          for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dims.get(axis);
          }
          int[] index = new int[permutation.length];
          int axisOfScales = form.quantization().map(Codes::axis).orElse(-1);
          for (int i = 0; i < values.length; i++) {
            int from = 0;
            for (int axis = 0; axis < index.length; axis++) {
              from += index[axis] * strides[permutation[axis]];
            }
            double value = values[from];
            if (form.quantization().isPresent()) {
              value = Codes.code(form, axisOfScales < 0 ? 0 : index[axisOfScales], value);
            }
            Numbers.put(form.elements(), value, target, i);
            for (int axis = index.length - 1; axis >= 0; axis--) {
              if (++index[axis] < permuted.get(axis)) {
                break;
              }
              index[axis] = 0;
            }
          }
        });
  }
}
