package dev.gatun.formats.gguf;

import dev.gatun.tensor.DType;

/** The numbers that stand for tensor types in a GGUF file: those of {@code enum ggml_type}. */
final class TensorTypes {
  private TensorTypes() {}

  /** The type with this number, or null when there is none (any more). */
  static DType of(int number) {
    return switch (number) {
      case 0 -> DType.F32;
      case 1 -> DType.F16;
      case 2 -> DType.Q4_0;
      case 3 -> DType.Q4_1;
      case 6 -> DType.Q5_0;
      case 7 -> DType.Q5_1;
      case 8 -> DType.Q8_0;
      case 9 -> DType.Q8_1;
      case 10 -> DType.Q2_K;
      case 11 -> DType.Q3_K;
      case 12 -> DType.Q4_K;
      case 13 -> DType.Q5_K;
      case 14 -> DType.Q6_K;
      case 15 -> DType.Q8_K;
      case 16 -> DType.IQ2_XXS;
      case 17 -> DType.IQ2_XS;
      case 18 -> DType.IQ3_XXS;
      case 19 -> DType.IQ1_S;
      case 20 -> DType.IQ4_NL;
      case 21 -> DType.IQ3_S;
      case 22 -> DType.IQ2_S;
      case 23 -> DType.IQ4_XS;
      case 24 -> DType.I8;
      case 25 -> DType.I16;
      case 26 -> DType.I32;
      case 27 -> DType.I64;
      case 28 -> DType.F64;
      case 29 -> DType.IQ1_M;
      case 30 -> DType.BF16;
      case 34 -> DType.TQ1_0;
      case 35 -> DType.TQ2_0;
      case 39 -> DType.MXFP4;
      case 40 -> DType.NVFP4;
      case 41 -> DType.Q1_0;
      case 42 -> DType.Q2_0;
      default -> null;
    };
  }

  /** The number of a type, or -1 for a type that GGUF does not have. */
  static int number(DType dtype) {
    for (int number = 0; number <= 42; number++) {
      if (of(number) == dtype) {
        return number;
      }
    }
    return -1;
  }

  /** What a number without a type means, for messages. */
  static String describeUnknown(int number) {
    return switch (number) {
      case 4, 5 -> "type " + number + ", which GGUF gave up in 2023; convert the model again";
      case 31, 32, 33, 36, 37, 38 ->
          "type "
              + number
              + " (a repacked layout), which GGUF gave up in 2024; quantize the model again to Q4_0"
              + " or IQ4_NL";
      default ->
          "type "
              + number
              + ", which this version does not know: the file is damaged, or newer than Gatun";
    };
  }
}
