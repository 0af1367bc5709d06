package dev.gatun.quantize.optimize;

import dev.gatun.quantize.onnx.BlockShape;
import dev.gatun.quantize.onnx.DynamicInt8;
import dev.gatun.quantize.onnx.HalfFloat;
import dev.gatun.quantize.onnx.OnnxScheme;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.onnx.RangeMethod;
import dev.gatun.quantize.onnx.StaticInt8;
import dev.gatun.quantize.onnx.WeightOnly;
import dev.gatun.quantize.onnx.WeightOnly.Algorithm;
import dev.gatun.quantize.onnx.WeightOnly.Form;
import dev.gatun.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The schemes of ONNX models that a search tries, by name. */
public final class OnnxSchemes {
  private static final int BINS = 2048;
  private static final int LEVELS = 128;
  private static final int BLOCK = 32;
  private static final double PERCENTILE = 99.999;
  private static final float SMOOTH = 0.75f;

  /** Tried when none are named, from the mildest on. */
  public static final List<String> USUAL =
      List.of("float16", "int8", "dynamic", "static", "static-smooth", "int4", "int4-hqq");

  private OnnxSchemes() {}

  /**
   * All schemes.
   *
   * @param target where the result shall run: decides the form of the static ones
   */
  public static Map<String, OnnxScheme> all(Optional<OnnxTarget> target) {
    StaticInt8 fixed = target.map(OnnxTarget::preset).orElse(StaticInt8.DEFAULT);
    boolean narrow = target.filter(OnnxTarget.AVX2::equals).isPresent();
    Map<String, OnnxScheme> schemes = new LinkedHashMap<>();
    schemes.put("float16", new HalfFloat(DType.F16, false));
    schemes.put("bfloat16", new HalfFloat(DType.BF16, false));
    schemes.put("float16-edges", new HalfFloat(DType.F16, true));
    schemes.put("dynamic", new DynamicInt8(true, narrow, true));
    schemes.put("static", fixed);
    schemes.put("static-smooth", fixed.withSmooth(SMOOTH));
    schemes.put("static-entropy", fixed.withMethod(new RangeMethod.Entropy(BINS, LEVELS)));
    schemes.put(
        "static-percentile", fixed.withMethod(new RangeMethod.Percentile(BINS, PERCENTILE)));
    schemes.put("static-bias", fixed.withCorrectBias(true));
    schemes.put("int8", blocks(8, true, Algorithm.RTN));
    schemes.put("int4", blocks(4, false, Algorithm.RTN));
    schemes.put("int4-hqq", blocks(4, false, Algorithm.HQQ));
    schemes.put("int4-gptq", blocks(4, false, Algorithm.GPTQ));
    schemes.put("int4-awq", blocks(4, false, Algorithm.AWQ));
    schemes.put("int2-hqq", blocks(2, false, Algorithm.HQQ));
    return schemes;
  }

  private static OnnxScheme blocks(int bits, boolean symmetric, Algorithm algorithm) {
    return new WeightOnly(new BlockShape(bits, BLOCK, symmetric), algorithm, Form.NBITS);
  }

  /** Whether a scheme learns from examples. */
  public static boolean learns(OnnxScheme scheme) {
    return scheme instanceof StaticInt8
        || (scheme instanceof WeightOnly weights && weights.algorithm().needsExamples());
  }
}
