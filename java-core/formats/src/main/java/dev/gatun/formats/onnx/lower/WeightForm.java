package dev.gatun.formats.onnx.lower;

import dev.gatun.tensor.DType;
import java.util.Optional;

/**
 * What becomes of weights of a block format: the one table behind the lowering and behind what
 * {@code explain} says. Codes of {@code bits} bits in blocks with a scale each ({@code
 * MatMulNBits}, {@code GatherBlockQuantized}); formats that have a minimum too keep it as an offset
 * of each block, whose product with the sum of the block's activations is added. Both are exact:
 * the codes, scales and minimums are those that the file stores.
 *
 * <p>Codes with a minimum are stored around the middle of their range, which keeps the sums small
 * that activations rounded to 8 bits enter.
 *
 * @param bits 4 or 8
 * @param block elements with one scale
 * @param offset whether blocks have a minimum
 * @param middle the format's code that is stored as ONNX Runtime's code of 0
 */
record WeightForm(int bits, int block, boolean offset, int middle) {
  /** The form of a format; empty where its weights are decoded to F32. */
  static Optional<WeightForm> of(DType format) {
    return Optional.ofNullable(
        switch (format) {
          case Q4_0 -> new WeightForm(4, 32, false, 0);
          case Q4_1, Q4_K -> new WeightForm(4, 32, true, 8);
          case Q2_K -> new WeightForm(4, 16, true, 2);
          case Q3_K -> new WeightForm(4, 16, false, 0);
          case Q5_0, Q8_0, IQ4_NL, IQ4_XS, MXFP4 -> new WeightForm(8, 32, false, 0);
          case Q5_1, Q5_K -> new WeightForm(8, 32, true, 16);
          case Q6_K -> new WeightForm(8, 16, false, 0);
          case TQ1_0, TQ2_0 -> new WeightForm(4, 256, false, 0);
          // Values of these are no multiples of one scale a block, or no model uses them.
          case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, NVFP4, Q1_0, Q2_0 -> null;
          case Q8_1, Q8_K -> null;
          case F64, F32, F16, BF16, I8, I16, I32, I64, U8, U16, U32, U64, BOOL, STRING -> null;
        });
  }

  /** Code of the value 0, which ONNX Runtime takes where none is given. */
  int zero() {
    return 1 << (bits - 1);
  }

  /** Bytes of a block's codes. */
  int codeBytes() {
    return block * bits / 8;
  }

  /** In words. */
  String how() {
    return "as codes of %d bits in blocks of %d%s"
        .formatted(bits, block, offset ? " with offsets" : "");
  }
}
