package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;

/**
 * Integers with ranges that calibration found, as pairs of QuantizeLinear and DequantizeLinear that
 * runtimes fuse into integer operators. Immutable; start from {@link #DEFAULT}.
 *
 * @param method how ranges follow from observed values
 * @param perChannel weights have one scale for each output channel
 * @param symmetric activations are signed with the zero point 0; else unsigned
 * @param activationBits 8 or 16
 * @param weightBits 8; 7 for processors whose 8-bit sums saturate; 4 for accelerators that take
 *     such weights
 * @param tables whether tables of Gather become INT8, too
 * @param coverage which operators are quantized
 * @param depthwise whether convolutions with a filter per channel are quantized: with the ranges of
 *     a whole tensor they lose most, and have the least work
 * @param smooth how much of the activations' outliers moves to the weights (SmoothQuant's alpha), 0
 *     for none
 * @param correctBias whether the mean error of quantized weights is taken off the biases
 */
public record StaticInt8(
    RangeMethod method,
    boolean perChannel,
    boolean symmetric,
    int activationBits,
    int weightBits,
    boolean tables,
    Coverage coverage,
    boolean depthwise,
    float smooth,
    boolean correctBias)
    implements OnnxScheme {
  /** Which operators are quantized. */
  public enum Coverage {
    /** Products with constant weights, which is where processors gain. */
    WEIGHTS,
    /** All that accelerators run in integers. */
    ALL
  }

  /** Extremes, per channel, unsigned 8 bits. */
  public static final StaticInt8 DEFAULT =
      new StaticInt8(
          new RangeMethod.MinMax(), true, false, 8, 8, true, Coverage.WEIGHTS, true, 0, false);

  public StaticInt8 {
    if (activationBits != 8 && activationBits != 16) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "activations of %d bits: give 8 or 16".formatted(activationBits));
    }
    if (weightBits != 8 && weightBits != 7 && weightBits != 4) {
      throw new GatunException(
          GatunException.Kind.USAGE, "weights of %d bits: give 8, 7 or 4".formatted(weightBits));
    }
    if (!(smooth >= 0 && smooth < 1)) {
      throw new GatunException(
          GatunException.Kind.USAGE, "smoothing of %s: give 0 up to 1".formatted(smooth));
    }
  }

  public StaticInt8 withMethod(RangeMethod other) {
    return new StaticInt8(
        other,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        tables,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withPerChannel(boolean on) {
    return new StaticInt8(
        method,
        on,
        symmetric,
        activationBits,
        weightBits,
        tables,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withSymmetric(boolean on) {
    return new StaticInt8(
        method,
        perChannel,
        on,
        activationBits,
        weightBits,
        tables,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withActivationBits(int bits) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        bits,
        weightBits,
        tables,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withWeightBits(int bits) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        bits,
        tables,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withTables(boolean on) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        on,
        coverage,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withCoverage(Coverage other) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        tables,
        other,
        depthwise,
        smooth,
        correctBias);
  }

  public StaticInt8 withDepthwise(boolean on) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        tables,
        coverage,
        on,
        smooth,
        correctBias);
  }

  public StaticInt8 withSmooth(float alpha) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        tables,
        coverage,
        depthwise,
        alpha,
        correctBias);
  }

  public StaticInt8 withCorrectBias(boolean on) {
    return new StaticInt8(
        method,
        perChannel,
        symmetric,
        activationBits,
        weightBits,
        tables,
        coverage,
        depthwise,
        smooth,
        on);
  }

  @Override
  public String describe() {
    return "static int8, %s%s, activations of %s%d bits%s%s%s%s%s"
        .formatted(
            method,
            perChannel ? ", per channel" : "",
            symmetric ? "signed " : "",
            activationBits,
            weightBits == 8 ? "" : ", weights of %d bits".formatted(weightBits),
            coverage == Coverage.ALL ? ", all operators" : "",
            depthwise ? "" : ", without depthwise convolutions",
            smooth > 0 ? ", smoothed " + smooth : "",
            correctBias ? ", biases corrected" : "");
  }
}
