package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;
import java.util.Locale;

/**
 * Constant matrices in blocks of few bits, everything else as it was.
 *
 * @param shape of the blocks
 * @param algorithm how codes are found
 * @param form how the result is written
 */
public record WeightOnly(BlockShape shape, Algorithm algorithm, Form form) implements OnnxScheme {
  public WeightOnly {
    if (algorithm == Algorithm.HQQ && form == Form.QDQ) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "hqq gives zero points that are no whole numbers, which DequantizeLinear cannot hold; use rtn with the QDQ form");
    }
  }

  /** How codes are found. */
  public enum Algorithm {
    /** Rounding. */
    RTN,
    /** Zero points that are no whole numbers, moved to lower the error; needs no examples. */
    HQQ,
    /** Later rows make good what rounding changed; needs examples. */
    GPTQ,
    /** Channels that see large activations are rounded more finely; needs examples. */
    AWQ;

    /** Whether it learns from examples. */
    public boolean needsExamples() {
      return this == GPTQ || this == AWQ;
    }
  }

  /** How the result is written. */
  public enum Form {
    /** MatMulNBits of domain com.microsoft, which ONNX Runtime runs fast. */
    NBITS,
    /** DequantizeLinear in blocks (operator set 21) before MatMul, which compilers understand. */
    QDQ
  }

  @Override
  public String describe() {
    return "int%d, blocks of %d, %s, %s%s"
        .formatted(
            shape.bits(),
            shape.block(),
            shape.symmetric() && algorithm != Algorithm.HQQ ? "symmetric" : "asymmetric",
            algorithm.name().toLowerCase(Locale.ROOT),
            form == Form.QDQ ? ", QDQ" : "");
  }
}
