package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.tensor.GatunException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where a quantized model shall run: a static scheme that suits it, and what it refuses. */
public enum OnnxTarget {
  /** x86-64 without VNNI, where sums of 8-bit products saturate: weights of 7 bits. */
  AVX2,
  /** x86-64 with AVX-VNNI or AVX-512 VNNI. */
  VNNI,
  /** 64-bit Arm. */
  ARM64,
  /** OpenVINO. */
  OPENVINO,
  /** TensorRT: signed, zero points of 0, all products. */
  TENSORRT,
  /**
   * Qualcomm's HTP: 16-bit activations, all operators but depthwise convolutions (on the simulator
   * they took 0.07 of the cosine of a network with them), fixed shapes.
   */
  QNN_HTP;

  /** The static scheme that suits it. */
  public StaticInt8 preset() {
    StaticInt8 usual = StaticInt8.DEFAULT;
    return switch (this) {
      case AVX2 -> usual.withWeightBits(7);
      case VNNI, ARM64, OPENVINO -> usual;
      case TENSORRT ->
          usual.withSymmetric(true).withTables(false).withCoverage(StaticInt8.Coverage.ALL);
      case QNN_HTP ->
          usual
              .withActivationBits(16)
              .withTables(false)
              .withDepthwise(false)
              .withCoverage(StaticInt8.Coverage.ALL);
    };
  }

  /** What it would refuse of a model; from documentation, no vendor's compiler is asked. */
  public List<OnnxQuantizeReport.Refusal> refusals(OnnxModel model) {
    return TargetCheck.of(model, this);
  }

  /** What users call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The target of a name.
   *
   * @throws GatunException naming those that there are
   */
  public static OnnxTarget named(String name) {
    return Arrays.stream(values())
        .filter(target -> target.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new GatunException(
                GatunException.Kind.USAGE,
                "there is no target '%s'; there are %s"
                    .formatted(
                        name,
                        Arrays.stream(values())
                            .map(OnnxTarget::label)
                            .collect(Collectors.joining(", ")))));
  }
}
