package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;

/** The types with an encoder of this package: each call makes its scratch and goes row by row. */
final class WeightedQuantizer extends BlockQuantizer {
  WeightedQuantizer(DType dtype) {
    super(dtype);
  }

  @Override
  void encode(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset) {
    RowEncoder encoder = encoder(importance != null);
    int rowBytes = (int) dtype().byteSize(rowLength);
    for (int r = 0; r < rows; r++) {
      encoder.row(
          src, srcOffset + r * rowLength, rowLength, importance, dst, dstOffset + r * rowBytes);
    }
  }

  private RowEncoder encoder(boolean weighted) {
    return switch (dtype()) {
      case Q4_0, Q5_0, Q4_1, Q5_1 ->
          weighted ? SmallBlocks.weighted(dtype()) : new RowEncoder.Plain(dtype());
      case Q2_K -> new Q2K(weighted);
      case Q3_K -> new Q3K();
      case Q4_K, Q5_K -> new Q45K(dtype(), weighted);
      case Q6_K -> new Q6K();
      case IQ4_NL -> new NonLinear.Iq4Nl();
      case IQ4_XS -> new NonLinear.Iq4Xs();
      case IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S -> Iq23.of(dtype());
      case IQ1_S -> new Iq1S();
      case IQ1_M -> new Iq1M();
      case MXFP4 -> new E2m1Blocks.Mxfp4();
      case NVFP4 -> new E2m1Blocks.Nvfp4();
      case TQ1_0 -> new LowBits.Tq1();
      case TQ2_0 -> new LowBits.Tq2();
      case Q1_0 -> new LowBits.Q1();
      case Q2_0 -> new LowBits.Q2();
      default -> throw new IllegalArgumentException(dtype() + " has no encoder here");
    };
  }
}
