package dev.gatun.cli.command;

import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.quantize.onnx.BlockShape;
import dev.gatun.quantize.onnx.CalibrationInputs;
import dev.gatun.quantize.onnx.DynamicInt8;
import dev.gatun.quantize.onnx.HalfFloat;
import dev.gatun.quantize.onnx.OnnxQuantizeOptions;
import dev.gatun.quantize.onnx.OnnxScheme;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.onnx.RangeMethod;
import dev.gatun.quantize.onnx.RuntimeActivations;
import dev.gatun.quantize.onnx.StaticInt8;
import dev.gatun.quantize.onnx.WeightOnly;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an ONNX model is quantized; which options work together is {@link QuantizationRules}'. */
final class OnnxQuantizationOptions {
  private static final int LONGEST = 256;
  private static final int BINS = 2048;
  private static final int LEVELS = 128;

  /** Bits of weights alone. */
  enum Weights {
    INT2,
    INT4,
    INT8
  }

  @Option(
      names = "--weights",
      paramLabel = "BITS",
      description = "ONNX: weights of matrices as int2, int4 or int8 in blocks.")
  private Weights weights;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "ONNX: weights that share a scale (32).")
  private int block = 32;

  @Option(names = "--asymmetric", description = "ONNX: weights in blocks get zero points.")
  private boolean asymmetric;

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      description = "ONNX: rtn (default), hqq, gptq or awq; the last two observe examples.")
  private WeightOnly.Algorithm algorithm = WeightOnly.Algorithm.RTN;

  @Option(
      names = "--qdq",
      description = "ONNX: weights in blocks as DequantizeLinear (operator set 21).")
  private boolean qdq;

  @Option(
      names = "--dynamic",
      description = "ONNX: INT8, ranges of activations measured in each run.")
  private boolean dynamic;

  @Option(
      names = "--static",
      description = "ONNX: INT8, ranges of activations found by calibration.")
  private boolean fixed;

  @Option(
      names = "--calibration",
      paramLabel = "PATH",
      description =
          "Examples: a text (one per line; encoders have a few built in), an .npz file with the inputs by name, or a folder of them.")
  private Path calibration;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Examples of a text that are used (128).")
  private int examples = 128;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "How --static finds ranges: minmax (default), entropy, percentile.")
  private Method method = Method.MINMAX;

  @Option(
      names = "--percentile",
      paramLabel = "P",
      description = "Of a hundred numbers, how many the range holds (99.999).")
  private double percentile = 99.999;

  @Option(
      names = "--symmetric",
      description = "Activations of --static are signed, with the zero point 0.")
  private boolean symmetric;

  @Option(
      names = "--activation-bits",
      paramLabel = "N",
      description = "Bits of activations of --static: 8 (default) or 16.")
  private int activationBits;

  @Option(
      names = "--weight-bits",
      paramLabel = "N",
      description = "Bits of weights of --static: 8 (default), or 4 (INT4, for accelerators).")
  private int weightBits;

  @Option(
      names = "--all-operators",
      description = "--static quantizes all that accelerators run in integers.")
  private boolean everything;

  @Option(
      names = "--depthwise",
      negatable = true,
      fallbackValue = "true",
      description =
          "--static quantizes depthwise convolutions, or leaves them (left by --target qnn-htp).")
  private Boolean depthwise;

  @Option(
      names = "--smooth",
      paramLabel = "ALPHA",
      description = "--static moves outliers of activations to weights (SmoothQuant; 0.5).")
  private float smooth;

  @Option(
      names = "--correct-bias",
      description = "--static takes the mean error of rounded weights off the biases.")
  private boolean correctBias;

  @Option(names = "--per-tensor", description = "ONNX: one scale for all of a weight.")
  private boolean perTensor;

  @Option(
      names = "--reduce-range",
      description = "ONNX: weights of 7 bits, for processors without VNNI.")
  private boolean reduceRange;

  @Option(names = "--float16", description = "ONNX: floating numbers of 16 bits.")
  private boolean float16;

  @Option(names = "--bfloat16", description = "ONNX: floating numbers of 16 bits, bfloat16.")
  private boolean bfloat16;

  @Option(
      names = "--keep-edges",
      description = "--float16 leaves the first and the last layer in 32 bits.")
  private boolean keepEdges;

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description =
          "ONNX: avx2, vnni, arm64, openvino, tensorrt or qnn-htp: a --static scheme that suits it when no other is given, and what it would refuse.")
  private String target;

  @Option(
      names = "--dim",
      paramLabel = "NAME=SIZE",
      description = "ONNX: give a named dimension of the inputs a size; may be repeated.")
  private Map<String, Long> dims = Map.of();

  @Option(
      names = "--exclude",
      paramLabel = "REGEX",
      description = "ONNX: leave nodes whose name has this; may be repeated.")
  private List<Pattern> exclude = List.of();

  @Mixin private RuntimeOptions.PolicyOptions policy = new RuntimeOptions.PolicyOptions();

  /** How {@code --static} finds ranges. */
  enum Method {
    MINMAX,
    ENTROPY,
    PERCENTILE
  }

  /** Whether these say what becomes of a model. */
  boolean isGiven() {
    return weights != null || dynamic || fixed || float16 || bfloat16 || target != null;
  }

  /** Whether the examples are lines of a text. */
  boolean readsText() {
    return calibration != null && !isArrays();
  }

  private boolean isArrays() {
    return Files.isDirectory(calibration) || calibration.toString().endsWith(".npz");
  }

  OnnxQuantizeOptions options(GatunRuntime runtime, ModelFolder source, Output output) {
    OnnxScheme scheme = scheme();
    OnnxQuantizeOptions options =
        OnnxQuantizeOptions.of(scheme)
            .withExclude(exclude)
            .withDims(dims)
            .withTarget(Optional.ofNullable(target).map(OnnxTarget::named));
    boolean padded =
        scheme instanceof StaticInt8 ranges && ranges.coverage() == StaticInt8.Coverage.ALL;
    boolean learns =
        scheme instanceof StaticInt8
            || (scheme instanceof WeightOnly blocks && blocks.algorithm().needsExamples());
    if (learns) {
      Path network = source.network("model.onnx");
      return options.withActivations(
          new RuntimeActivations(
              runtime, policy.policy(), network, inputs(source, network, padded, output)));
    }
    return options;
  }

  private List<Map<String, Tensor>> inputs(
      ModelFolder source, Path network, boolean padded, Output output) {
    if (calibration != null && isArrays()) {
      return CalibrationInputs.archives(calibration);
    }
    CalibrationInputs.requireEncoder(network, "--calibration");
    TokenizerJson json = TokenizerJson.read(source.file("tokenizer.json"));
    if (calibration == null) {
      output.note(
          "gatun: calibrating with built-in sentences; --calibration takes texts like those that the model will see");
    }
    return CalibrationInputs.texts(
        network,
        Tokenizers.from(json.metadata()),
        calibration == null ? CalibrationInputs.sentences() : lines(),
        json.longest().orElse(LONGEST),
        padded);
  }

  private List<String> lines() {
    try (Stream<String> lines = Files.lines(calibration, StandardCharsets.UTF_8)) {
      return lines.filter(line -> !line.isBlank()).limit(examples).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new GatunException(
          GatunException.Kind.FAILURE,
          "%s cannot be read (%s)".formatted(calibration, GatunException.reason(e)),
          e);
    }
  }

  private OnnxScheme scheme() {
    if (float16 || bfloat16) {
      return new HalfFloat(float16 ? DType.F16 : DType.BF16, keepEdges);
    }
    if (dynamic) {
      return new DynamicInt8(!perTensor, reduceRange, true);
    }
    if (weights == null) {
      StaticInt8 base = target == null ? StaticInt8.DEFAULT : OnnxTarget.named(target).preset();
      return base.withMethod(
              switch (method) {
                case MINMAX -> new RangeMethod.MinMax();
                case ENTROPY -> new RangeMethod.Entropy(BINS, LEVELS);
                case PERCENTILE -> new RangeMethod.Percentile(BINS, percentile);
              })
          .withPerChannel(!perTensor && base.perChannel())
          .withSymmetric(symmetric || base.symmetric())
          .withActivationBits(activationBits == 0 ? base.activationBits() : activationBits)
          .withWeightBits(weightBits(base))
          .withCoverage(everything ? StaticInt8.Coverage.ALL : base.coverage())
          .withDepthwise(depthwise == null ? base.depthwise() : depthwise)
          .withSmooth(smooth)
          .withCorrectBias(correctBias);
    }
    int bits =
        switch (weights) {
          case INT2 -> 2;
          case INT4 -> 4;
          case INT8 -> 8;
        };
    return new WeightOnly(
        new BlockShape(bits, block, !asymmetric),
        algorithm,
        qdq ? WeightOnly.Form.QDQ : WeightOnly.Form.NBITS);
  }

  private int weightBits(StaticInt8 base) {
    if (weightBits != 0) {
      return weightBits;
    }
    return reduceRange ? 7 : base.weightBits();
  }
}
