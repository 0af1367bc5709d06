package dev.gatun.onnxruntime;

import dev.gatun.onnxruntime.generated.ort.ort_h;
import dev.gatun.tensor.DType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Element types on both sides. */
final class OrtTypes {
  private static final Map<DType, Integer> CODES = new EnumMap<>(DType.class);

  static {
    CODES.put(DType.F64, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE());
    CODES.put(DType.F32, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT());
    CODES.put(DType.F16, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16());
    CODES.put(DType.BF16, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16());
    CODES.put(DType.I8, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8());
    CODES.put(DType.I16, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16());
    CODES.put(DType.I32, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32());
    CODES.put(DType.I64, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64());
    CODES.put(DType.U8, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8());
    CODES.put(DType.U16, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16());
    CODES.put(DType.U32, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32());
    CODES.put(DType.U64, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64());
    CODES.put(DType.BOOL, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL());
    CODES.put(DType.STRING, ort_h.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING());
  }

  private OrtTypes() {}

  /**
   * The library's code.
   *
   * @throws IllegalArgumentException when the library's tensors have no such elements
   */
  static int code(DType dtype) {
    Integer code = CODES.get(dtype);
    if (code == null) {
      throw new IllegalArgumentException("a tensor of ONNX Runtime cannot hold " + dtype);
    }
    return code;
  }

  /** Empty for what {@link DType} lacks. */
  static Optional<DType> dtype(int code) {
    return CODES.entrySet().stream()
        .filter(entry -> entry.getValue() == code)
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
