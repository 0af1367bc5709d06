package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Quantized models run by the reference give what ONNX Runtime gives, and what is wrong is said.
 */
class OnnxQuantizerTest {
  private static final OnnxScheme INT4 =
      new WeightOnly(new BlockShape(4, 16, true), WeightOnly.Algorithm.RTN, WeightOnly.Form.NBITS);

  @TempDir private Path folder;

  static List<String> goldens() throws IOException {
    try (InputStream in = OnnxQuantizerTest.class.getResourceAsStream("goldens.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void everyCaseHasAGolden() throws IOException {
    List<String> names = goldens().stream().map(line -> line.replaceFirst(" .*", "")).toList();
    assertEquals(OnnxCases.schemes().keySet().stream().sorted().toList(), names);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void runsAsOnOnnxRuntime(String line) {
    String[] words = line.split(" ", -1);
    Path file = folder.resolve("model.onnx");
    OnnxCases.quantize(words[0], OnnxCases.schemes().get(words[0]), file);
    double[] y = OnnxCases.run(file);
    double[] expected = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray();
    assertEquals(expected.length, y.length);
    double most = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      double error = Math.abs(y[i] - expected[i]) / most;
      worst = Math.max(worst, error);
      sum += error;
    }
    // Codes of activations flip where single and double precision round apart.
    boolean activations = words[0].matches(".*(dynamic|static|f16).*");
    assertTrue(worst < (activations ? 0.02 : 1e-5), "worst " + worst);
    assertTrue(sum / y.length < (activations ? 0.002 : 1e-6), "mean " + sum / y.length);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void staysNearTheModelThatItCameFrom(String line) {
    String name = line.replaceFirst(" .*", "");
    double[] y =
        Arrays.stream(line.split(" ", -1)).skip(1).mapToDouble(Double::parseDouble).toArray();
    double[] original = OnnxCases.run(OnnxCases.model(name));
    double dot = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < y.length; i++) {
      dot += y[i] * original[i];
      left += y[i] * y[i];
      right += original[i] * original[i];
    }
    double cosine = dot / Math.sqrt(left * right);
    double least = name.contains("int2") ? 0.5 : name.contains("8") ? 0.999 : 0.95;
    assertTrue(cosine > least, name + ": cosine " + cosine);
  }

  @Test
  void excludedNodesAreLeftAndNamed() {
    OnnxQuantizeOptions options =
        OnnxQuantizeOptions.of(INT4).withExclude(List.of(Pattern.compile("^down$")));
    OnnxQuantizeReport report =
        OnnxQuantizer.quantize(
            OnnxCases.model("encoder"),
            folder.resolve("m.onnx"),
            options,
            OnnxQuantizeListener.NONE);
    assertEquals(List.of("up", "head"), report.changes().stream().map(c -> c.node()).toList());
    assertEquals("excluded", report.kept().getFirst().reason());
    assertTrue(report.bytesAfter() < report.bytesBefore());
    assertFalse(Files.exists(folder.resolve("m.onnx.data")));
  }

  @Test
  void depthwiseConvolutionsUnderDynamicRangesAreWarnedOf() {
    OnnxQuantizeReport report =
        OnnxCases.quantize("network", new DynamicInt8(true, false, true), folder.resolve("m.onnx"));
    assertEquals(1, report.warnings().size());
    assertTrue(report.warnings().getFirst().startsWith("depthwise"), report.warnings().toString());
  }

  @Test
  void theHtpPresetLeavesDepthwiseConvolutions() {
    OnnxQuantizeReport report =
        OnnxCases.quantize("network", OnnxTarget.QNN_HTP.preset(), folder.resolve("m.onnx"));
    List<String> left =
        report.kept().stream().filter(k -> k.type().equals("Conv")).map(k -> k.node()).toList();
    assertEquals(List.of("depthwise"), left);
    OnnxQuantizeReport all =
        OnnxCases.quantize(
            "network", OnnxTarget.QNN_HTP.preset().withDepthwise(true), folder.resolve("n.onnx"));
    assertTrue(all.kept().stream().noneMatch(k -> k.type().equals("Conv")), all.kept().toString());
  }

  @Test
  void anOldOperatorSetIsRaisedForScalesPerChannel() throws IOException {
    Path old = folder.resolve("twelve.onnx");
    try (OnnxFile file = OnnxFile.open(OnnxCases.model("network"))) {
      OnnxModel model = file.model();
      OnnxWriter.toFile(
          new OnnxModel(
              model.irVersion(),
              model.producer(),
              Map.of("", 12L),
              model.metadata(),
              model.graph()),
          old);
    }
    Path target = folder.resolve("m.onnx");
    OnnxQuantizeReport report =
        OnnxQuantizer.quantize(
            old,
            target,
            OnnxQuantizeOptions.of(StaticInt8.DEFAULT)
                .withActivations(new OnnxCases.ByReference(OnnxCases.model("network"))),
            OnnxQuantizeListener.NONE);
    assertEquals(List.of(), report.warnings());
    assertFalse(report.changes().isEmpty());
    try (OnnxFile file = OnnxFile.open(target)) {
      assertEquals(13, file.model().opsets().get(""));
    }
  }

  @Test
  void anOldOperatorSetIsNamedAndNotANode() throws IOException {
    Path old = folder.resolve("old.onnx");
    try (OnnxFile file = OnnxFile.open(OnnxCases.model("encoder"))) {
      OnnxModel model = file.model();
      OnnxWriter.toFile(
          new OnnxModel(
              model.irVersion(), model.producer(), Map.of("", 6L), model.metadata(), model.graph()),
          old);
    }
    OnnxScheme pairs =
        new WeightOnly(new BlockShape(4, 16, false), WeightOnly.Algorithm.RTN, WeightOnly.Form.QDQ);
    GatunException e = refused(old, OnnxQuantizeOptions.of(pairs));
    assertTrue(e.getMessage().contains("uses operator set 6"), e.getMessage());
    assertTrue(e.getMessage().contains("operator set 21 or later"), e.getMessage());
    assertFalse(e.getMessage().contains("node"), e.getMessage());
  }

  @Test
  void bodiesAndRecurrentLayersAreLeftAndNamed() {
    for (OnnxScheme scheme : List.of(INT4, new DynamicInt8(true, false, true))) {
      assertEquals(Map.of("branch", "its bodies stay as they are"), kept("bodies", scheme));
      assertEquals(Map.of("lstm", "recurrent layers stay as they are"), kept("recurrent", scheme));
    }
    assertEquals(
        Map.of("lstm", "LSTM has no bfloat16 in operator set 17"),
        kept("recurrent", new HalfFloat(DType.BF16, false)));
  }

  private Map<String, String> kept(String name, OnnxScheme scheme) {
    OnnxQuantizeReport report =
        OnnxQuantizer.quantize(
            OnnxCases.model(name),
            folder.resolve("m.onnx"),
            OnnxQuantizeOptions.of(scheme),
            OnnxQuantizeListener.NONE);
    assertFalse(report.changes().isEmpty());
    return report.kept().stream()
        .collect(Collectors.toMap(OnnxQuantizeReport.Kept::node, OnnxQuantizeReport.Kept::reason));
  }

  @Test
  void whatBodiesReadFromOutsideStaysInSinglePrecision() {
    Path half = folder.resolve("half.onnx");
    OnnxQuantizer.quantize(
        OnnxCases.model("bodies"),
        half,
        OnnxQuantizeOptions.of(new HalfFloat(DType.F16, false)),
        OnnxQuantizeListener.NONE);
    float[] x = new float[2 * 48];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i + 1);
    }
    double[] expected = run(OnnxCases.model("bodies"), x);
    double[] actual = run(half, x);
    double most = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertArrayEquals(expected, actual, 0.01 * most);
    assertFalse(Arrays.equals(expected, actual));
  }

  private static double[] run(Path model, float... x) {
    try (OnnxFile file = OnnxFile.open(model)) {
      Array input = Array.of(Tensor.ofFloats(Shape.of(2, 48), x));
      return new ReferenceInterpreter(OnnxImport.graph(file))
          .run(Map.of("x", input), new ReferenceStates(List.of()), Set.of())
          .get("y")
          .values();
    }
  }

  @Test
  void productsOfSixteenBitsDoNotBecomeIntegers() {
    for (OnnxScheme scheme : List.of(new DynamicInt8(true, false, true), StaticInt8.DEFAULT)) {
      OnnxQuantizeOptions options =
          OnnxQuantizeOptions.of(scheme)
              .withActivations(new OnnxCases.ByReference(OnnxCases.model("bf16")));
      GatunException e = refused(OnnxCases.model("bf16"), options);
      assertTrue(e.getMessage().contains("only (it computes in 16 bits"), e.getMessage());
    }
    // Weights in blocks have scales of the type that they had.
    assertEquals(Map.of(), kept("bf16", INT4));
  }

  @Test
  void nothingToDoIsAnError() {
    OnnxQuantizeOptions options =
        OnnxQuantizeOptions.of(INT4).withExclude(List.of(Pattern.compile("")));
    GatunException e = refused(OnnxCases.model("encoder"), options);
    assertTrue(e.getMessage().contains("nothing in"), e.getMessage());
    assertTrue(e.getMessage().contains("up (excluded)"), e.getMessage());
  }

  @Test
  void whatIsNotSmallerIsNotWritten() throws IOException {
    Path small = folder.resolve("small.onnx");
    OnnxQuantizer.quantize(
        OnnxCases.model("encoder"),
        small,
        OnnxQuantizeOptions.of(INT4).withExclude(List.of(Pattern.compile("head"))),
        OnnxQuantizeListener.NONE);
    OnnxScheme larger =
        new WeightOnly(
            new BlockShape(8, 256, true), WeightOnly.Algorithm.RTN, WeightOnly.Form.NBITS);
    GatunException e = refused(small, OnnxQuantizeOptions.of(larger));
    assertTrue(e.getMessage().contains("nothing was written"), e.getMessage());
  }

  @Test
  void weightsThatAreNotFiniteAreNamed() throws IOException {
    Path broken = folder.resolve("broken.onnx");
    try (OnnxFile file = OnnxFile.open(OnnxCases.model("encoder"))) {
      OnnxModel model = file.model();
      Map<String, OnnxTensor> initializers = new LinkedHashMap<>(model.graph().initializers());
      float[] values = initializers.get("w2").tensor().toFloats();
      values[77] = Float.NaN;
      initializers.put(
          "w2",
          OnnxTensor.of(
              "w2", dev.gatun.tensor.Tensor.ofFloats(initializers.get("w2").shape(), values)));
      var graph = model.graph();
      OnnxWriter.toFile(
          new OnnxModel(
              model.irVersion(),
              model.producer(),
              model.opsets(),
              model.metadata(),
              new dev.gatun.formats.onnx.OnnxGraph(
                  graph.name(),
                  graph.nodes(),
                  initializers,
                  graph.inputs(),
                  graph.outputs(),
                  graph.values())),
          broken);
    }
    GatunException e = refused(broken, OnnxQuantizeOptions.of(INT4));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains("'w2' has NaN at element 77"), e.getMessage());
  }

  private GatunException refused(Path model, OnnxQuantizeOptions options) {
    Path target = folder.resolve("refused.onnx");
    GatunException e =
        assertThrows(
            GatunException.class,
            () -> OnnxQuantizer.quantize(model, target, options, OnnxQuantizeListener.NONE));
    assertFalse(Files.exists(target));
    return e;
  }
}
