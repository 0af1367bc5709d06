package dev.gatun.formats.onnx;

import dev.gatun.tensor.DType;
import java.util.Optional;

/** TensorProto.DataType: numbers of ONNX's element types. */
final class ElementTypes {
  static final int FLOAT = 1;
  static final int STRING = 8;

  private static final String[] NAMES = {
    "undefined",
    "float",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "double",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16",
    "float8e4m3fn",
    "float8e4m3fnuz",
    "float8e5m2",
    "float8e5m2fnuz",
    "uint4",
    "int4",
    "float4e2m1"
  };

  private ElementTypes() {}

  static Optional<DType> of(long type) {
    return Optional.ofNullable(
        switch ((int) Math.min(type, Integer.MAX_VALUE)) {
          case 1 -> DType.F32;
          case 2 -> DType.U8;
          case 3 -> DType.I8;
          case 4 -> DType.U16;
          case 5 -> DType.I16;
          case 6 -> DType.I32;
          case 7 -> DType.I64;
          case 9 -> DType.BOOL;
          case 10 -> DType.F16;
          case 11 -> DType.F64;
          case 12 -> DType.U32;
          case 13 -> DType.U64;
          case 16 -> DType.BF16;
          default -> null;
        });
  }

  static String name(long type) {
    return type >= 0 && type < NAMES.length ? NAMES[(int) type] : Long.toString(type);
  }
}
