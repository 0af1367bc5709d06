package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Models, what they are quantized to, and how the reference runs them. */
final class OnnxCases {
  private OnnxCases() {}

  /** Schemes by name; a name starts with the model's. */
  static Map<String, OnnxScheme> schemes() {
    Map<String, OnnxScheme> schemes = new LinkedHashMap<>();
    for (int bits : List.of(2, 4, 8)) {
      schemes.put(
          "encoder-int" + bits,
          new WeightOnly(
              new BlockShape(bits, 16, true), WeightOnly.Algorithm.RTN, WeightOnly.Form.NBITS));
    }
    schemes.put(
        "encoder-int4-zeros",
        new WeightOnly(
            new BlockShape(4, 32, false), WeightOnly.Algorithm.RTN, WeightOnly.Form.NBITS));
    schemes.put(
        "encoder-hqq",
        new WeightOnly(
            new BlockShape(4, 32, false), WeightOnly.Algorithm.HQQ, WeightOnly.Form.NBITS));
    schemes.put(
        "encoder-int4-qdq",
        new WeightOnly(
            new BlockShape(4, 16, false), WeightOnly.Algorithm.RTN, WeightOnly.Form.QDQ));
    schemes.put(
        "encoder-int8-qdq",
        new WeightOnly(new BlockShape(8, 16, true), WeightOnly.Algorithm.RTN, WeightOnly.Form.QDQ));
    for (String model : List.of("encoder", "network")) {
      schemes.put(model + "-dynamic", new DynamicInt8(true, false, true));
      schemes.put(model + "-dynamic-tensor", new DynamicInt8(false, true, false));
      schemes.put(model + "-static", StaticInt8.DEFAULT);
      schemes.put(
          model + "-static-signed",
          StaticInt8.DEFAULT
              .withSymmetric(true)
              .withPerChannel(false)
              .withMethod(new RangeMethod.Percentile(2048, 99.9)));
      schemes.put(
          model + "-static-all",
          StaticInt8.DEFAULT.withCoverage(StaticInt8.Coverage.ALL).withTables(false));
    }
    schemes.put("encoder-static-smooth", StaticInt8.DEFAULT.withSmooth(0.7f).withCorrectBias(true));
    schemes.put("network-static-16", StaticInt8.DEFAULT.withActivationBits(16));
    schemes.put("encoder-static-4", StaticInt8.DEFAULT.withActivationBits(16).withWeightBits(4));
    schemes.put("network-static-4", StaticInt8.DEFAULT.withWeightBits(4));
    schemes.put(
        "encoder-gptq",
        new WeightOnly(
            new BlockShape(4, 16, false), WeightOnly.Algorithm.GPTQ, WeightOnly.Form.NBITS));
    schemes.put(
        "encoder-awq",
        new WeightOnly(
            new BlockShape(4, 16, true), WeightOnly.Algorithm.AWQ, WeightOnly.Form.NBITS));
    schemes.put("encoder-f16", new HalfFloat(DType.F16, true));
    schemes.put("network-f16", new HalfFloat(DType.F16, false));
    return schemes;
  }

  static Path model(String name) {
    String file = name.replaceFirst("-.*", "") + ".onnx";
    try {
      return Path.of(OnnxCases.class.getResource(file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static OnnxQuantizeReport quantize(String name, OnnxScheme scheme, Path target) {
    Path model = model(name);
    return OnnxQuantizer.quantize(
        model,
        target,
        OnnxQuantizeOptions.of(scheme).withActivations(new ByReference(model)),
        OnnxQuantizeListener.NONE);
  }

  /** The output of a model for the inputs that it carries. */
  static double[] run(Path model) {
    try (OnnxFile file = OnnxFile.open(model)) {
      return interpret(file, Set.of()).get("y").values();
    }
  }

  private static Map<String, Array> interpret(OnnxFile file, Set<String> observed) {
    Graph graph = OnnxImport.graph(file);
    return new ReferenceInterpreter(graph)
        .run(inputs(file), new ReferenceStates(List.of()), observed);
  }

  private static Map<String, Array> inputs(OnnxFile file) {
    Map<String, Array> inputs = new TreeMap<>();
    file.model().graph().initializers().values().stream()
        .filter(tensor -> tensor.name().startsWith("in:"))
        .forEach(tensor -> inputs.put(tensor.name().substring(3), Array.of(tensor.tensor())));
    return inputs;
  }

  /** Calibration without a runtime: the reference, on the inputs that a model carries. */
  record ByReference(Path model) implements ActivationSource {
    @Override
    public Set<String> available(Set<String> values) {
      try (OnnxFile file = OnnxFile.open(model)) {
        Graph graph = OnnxImport.graph(file);
        Set<String> known = new HashSet<>();
        graph.inputs().forEach(input -> known.add(input.name()));
        graph.nodes().forEach(node -> node.outputs().forEach(value -> known.add(value.name())));
        known.removeIf(value -> value.equals("ids"));
        known.retainAll(values);
        return known;
      }
    }

    @Override
    public void run(Set<String> values, Sink sink) {
      try (OnnxFile file = OnnxFile.open(model)) {
        Map<String, Array> inputs = inputs(file);
        Set<String> observed = new HashSet<>(values);
        observed.removeAll(inputs.keySet());
        Map<String, Array> results = interpret(file, observed);
        for (String value : values) {
          Array array = inputs.getOrDefault(value, results.get(value));
          float[] numbers = new float[array.values().length];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) array.values()[i];
          }
          sink.accept(value, Tensor.ofFloats(array.shape(), numbers));
        }
      }
    }
  }

  /** Writes all cases into a folder, for the program that makes the goldens. */
  public static void main(String... folder) {
    schemes()
        .forEach(
            (name, scheme) -> quantize(name, scheme, Path.of(folder[0]).resolve(name + ".onnx")));
  }
}
