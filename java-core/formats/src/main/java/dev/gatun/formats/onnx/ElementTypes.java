package dev.gatun.formats.onnx;

import dev.gatun.tensor.DType;
import java.util.Optional;

/** TensorProto.DataType: numbers of ONNX's element types. */
public final class ElementTypes {
  static final int FLOAT = 1;
  static final int STRING = 8;
  public static final int UINT4 = 21;
  public static final int INT4 = 22;
  public static final int UINT2 = 25;
  public static final int INT2 = 26;

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
    "float4e2m1",
    "float8e8m0",
    "uint2",
    "int2"
  };

  private ElementTypes() {}

  /** The dtype of an element type; empty where Gatun has none. */
  public static Optional<DType> of(long type) {
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

  /**
   * The number of a dtype.
   *
   * @throws IllegalArgumentException for a block format, which ONNX has not
   */
  public static int number(DType dtype) {
    return switch (dtype) {
      case F32 -> FLOAT;
      case U8 -> 2;
      case I8 -> 3;
      case U16 -> 4;
      case I16 -> 5;
      case I32 -> 6;
      case I64 -> 7;
      case STRING -> STRING;
      case BOOL -> 9;
      case F16 -> 10;
      case F64 -> 11;
      case U32 -> 12;
      case U64 -> 13;
      case BF16 -> 16;
      default -> throw new IllegalArgumentException("ONNX has no element type " + dtype);
    };
  }

  /** Bits of a whole number of less than a byte; 0 for every other element type. */
  public static int bits(int type) {
    return switch (type) {
      case UINT4, INT4 -> 4;
      case UINT2, INT2 -> 2;
      default -> 0;
    };
  }

  /** Bytes of numbers of less than a byte, which stand side by side. */
  static long packedBytes(int type, long elements) {
    int each = 8 / bits(type);
    return (elements + each - 1) / each;
  }

  public static String name(long type) {
    return type >= 0 && type < NAMES.length ? NAMES[(int) type] : Long.toString(type);
  }
}
