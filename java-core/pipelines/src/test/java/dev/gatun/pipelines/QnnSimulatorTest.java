package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.Graph;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.ObservedOutputs;
import dev.gatun.graph.pass.OutputSelection;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models on the NPU of QNN, which on x86-64 is its simulator, against {@code vector}. */
class QnnSimulatorTest {
  /** The bar of networks in half precision. */
  private static final double COSINE = 0.999;

  /** Of a decoder layer: two roundings to half precision of the largest number. */
  private static final double LAYER_ERROR = 0x1p-10;

  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    runtime = GatunRuntime.builder().offline(true).build();
    BackendStatus status = runtime.backend("qnn");
    Assumptions.assumeTrue(status.able(), () -> "skipped: qnn: " + status.reason());
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  /** Also: vendors whose exceptions are unwound by other libraries get on in one process. */
  @Test
  void aComparisonOfAllDevicesLeavesItOut() {
    List<EachDevice.Outcome<Integer>> outcomes =
        EachDevice.<Pipeline, Integer>run(
            runtime,
            policy -> {
              throw new GatunException(GatunException.Kind.FAILURE, "tried " + policy.text());
            },
            pipeline -> 1);
    for (EachDevice.Outcome<Integer> outcome : outcomes) {
      boolean emulated = outcome.reason().contains("emulated");
      assertEquals(outcome.id().equals("qnn:HTP"), emulated, outcome.reason());
    }
    assertTrue(outcomes.stream().anyMatch(outcome -> outcome.remedy().contains("qnn:HTP")));
  }

  private record Difference(double cosine, double error, double largest) {
    static Difference of(float[] expected, float[] actual) {
      double product = 0;
      double squares = 0;
      double others = 0;
      double error = 0;
      double largest = 0;
      for (int i = 0; i < expected.length; i++) {
        product += (double) expected[i] * actual[i];
        squares += (double) expected[i] * expected[i];
        others += (double) actual[i] * actual[i];
        error = Math.max(error, Math.abs(expected[i] - actual[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
      }
      return new Difference(product / Math.sqrt(squares * others), error, largest);
    }
  }

  @Test
  void theFirstLayerOfSmolLm2IsThatOfVector() {
    LocatedModel located =
        runtime
            .puller()
            .locate("smollm2")
            .orElseGet(() -> Assumptions.abort("skipped: scripts/gatun pull smollm2 gets it"));
    float[] expected = firstLayer("vector", located);
    Difference difference = Difference.of(expected, firstLayer("qnn", located));
    System.out.println("first layer of SmolLM2 on qnn: " + difference);
    assertTrue(
        difference.error() <= LAYER_ERROR * difference.largest(), () -> difference.toString());
    assertTrue(difference.cosine() >= 0.99999, () -> difference.toString());
  }

  /** What the first layer adds up to, for eight tokens. */
  private static float[] firstLayer(String backend, LocatedModel located) {
    LoadOptions options = LoadOptions.DEFAULT.withContext(64).withBatch(8).withRows(8);
    try (ModelSource source = ModelFiles.open(located.paths(), located.name())) {
      Graph whole = LanguageModel.build(source, options).graph();
      Value last =
          whole.nodes().stream()
              .filter(node -> node.name().startsWith("blk.0."))
              .reduce((_, later) -> later)
              .map(Node::output)
              .orElseThrow();
      Graph observed = ObservedOutputs.apply(whole, Set.of(last.name()));
      Graph layer = OutputSelection.apply(observed, List.of(last.name()));
      SessionOptions session = new SessionOptions(1, 64, 8, 8);
      PlanRequest request = PlanRequest.of(layer, session).withPolicy(Policy.require(backend));
      try (CompiledPlan plan = runtime.compile(request, CompileOptions.DEFAULT);
          Session running = plan.newSession(session)) {
        running.openSequence(0);
        Batch batch = new Batch(8);
        int[] tokens = {504, 3575, 282, 4649, 314, 7042, 30, 198};
        for (int i = 0; i < tokens.length; i++) {
          batch.add(tokens[i], i, 0, true);
        }
        running.run(batch);
        return running.tensor(last.name()).toFloats();
      }
    }
  }

  @Test
  void miniLmAgrees() {
    Map<String, Tensor> inputs = new HashMap<>();
    long[] ids = new Random(1).longs(16, 1000, 20000).toArray();
    ids[0] = 101;
    ids[15] = 102;
    long[] ones = new long[16];
    Arrays.fill(ones, 1);
    inputs.put("input_ids", Tensor.ofLongs(Shape.of(1, 16), ids));
    inputs.put("attention_mask", Tensor.ofLongs(Shape.of(1, 16), ones));
    inputs.put("token_type_ids", Tensor.ofLongs(Shape.of(1, 16), new long[16]));
    assertAgrees("minilm", inputs);
  }

  @Test
  void magikaAgrees() {
    int[] bytes = new Random(2).ints(2048, 0, 257).toArray();
    assertAgrees("magika", Map.of("bytes", Tensor.ofInts(Shape.of(1, 2048), bytes)));
  }

  private static void assertAgrees(String name, Map<String, Tensor> inputs) {
    Map<String, float[]> expected = outputs("vector", name, inputs);
    Map<String, float[]> actual = outputs("qnn", name, inputs);
    expected.forEach((output, values) -> {
      Difference difference = Difference.of(values, actual.get(output));
      System.out.printf("%s on qnn, %s: %s%n", name, output, difference);
      assertTrue(difference.cosine() >= COSINE, () -> output + ": " + difference);
    });
  }

  private static Map<String, float[]> outputs(
      String backend, String name, Map<String, Tensor> inputs) {
    LocatedModel located =
        runtime
            .puller()
            .locate(name)
            .orElseGet(() -> Assumptions.abort("skipped: scripts/gatun pull " + name + " gets it"));
    Map<String, Shape> shapes = new HashMap<>();
    inputs.forEach((input, tensor) -> shapes.put(input, tensor.shape()));
    NetworkSpec spec =
        NetworkSpec.of(ModelFolder.of(located).network("model.onnx"), Policy.require(backend))
            .withShapes(shapes);
    try (OnnxNetwork network = OnnxNetwork.load(runtime, spec)) {
      network.run(inputs);
      Map<String, float[]> outputs = new HashMap<>();
      network
          .graph()
          .outputs()
          .forEach(value -> outputs.put(value.name(), network.output(value.name()).toFloats()));
      return outputs;
    }
  }
}
