package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Decoders that {@code gatun convert --onnx} writes, imported again and run as networks whose
 * caches are inputs and outputs, against llama.cpp's logits of the models that they were made of.
 */
class OnnxDecoderTest {
  /** The references' own: what two orders of summation may differ by. */
  private static final float TOLERANCE = 2e-3f;

  private static final int FIRST_BATCH = 16;

  private static GatunRuntime runtime;
  @TempDir Path home;

  @BeforeAll
  static void open() {
    // OpenVINO reads the imported graph; ONNX Runtime gets the file as it is.
    runtime =
        GatunRuntime.builder().offline(true).property("gatun.openvino.source", "graph").build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  private static Map<String, Range> ranges(Graph graph) {
    return Map.of(
        "sequence_length", new Range(1, FIRST_BATCH, 128),
        "total_sequence_length", new Range(1, FIRST_BATCH, 128),
        "past_sequence_length", new Range(0, FIRST_BATCH, 128));
  }

  private static Tensor longs(long... numbers) {
    return Tensor.ofLongs(Shape.of(1, (long) numbers.length), numbers);
  }

  private static Tensor input(
      Value input, int[] tokens, int from, int to, Map<String, Tensor> past) {
    return switch (input.name()) {
      case "input_ids" -> longs(Arrays.stream(tokens, from, to).asLongStream().toArray());
      case "attention_mask" -> {
        long[] ones = new long[to];
        Arrays.fill(ones, 1);
        yield longs(ones);
      }
      default ->
          from > 0
              ? past.get(input.name().replace("past_key_values", "present"))
              : Tensor.ofFloats(
                  Shape.of(1, input.type().dim(1).max(), 0, input.type().dim(3).max()));
    };
  }

  @ParameterizedTest
  @CsvSource({
    "llama, cpu",
    "llama, vector",
    "llama, onnxruntime",
    "llama, openvino",
    "gemma2, cpu",
    "gemma2, vector",
    "gemma2, openvino",
    "qwen3moe, cpu",
    "qwen3moe, vector"
  })
  void givesLlamaCppsLogitsInTwoBatches(String name, String device) throws IOException {
    if (device.equals("cpu")) {
      Invocation.assumeCpu(home);
    }
    ReferenceOutputs reference =
        ReferenceOutputs.read(Invocation.archs()).stream()
            .filter(each -> each.name().equals(name) && !each.pooled())
            .findFirst()
            .orElseThrow();
    Path folder = home.resolve("folder");
    Invocation run =
        Invocation.of(home, "convert", reference.model().toString(), folder.toString(), "--onnx");
    assertEquals(0, run.exitCode(), run.err());
    NetworkSpec spec =
        NetworkSpec.of(folder.resolve("model.onnx"), Policy.require(device))
            .withRanges(OnnxDecoderTest::ranges);
    try (OnnxNetwork network = OnnxNetwork.load(runtime, spec)) {
      int[] tokens = reference.sequences().getFirst();
      float[][] expected = reference.outputs().getFirst();
      Map<String, Tensor> past = new HashMap<>();
      for (int from = 0; from < tokens.length; from = from == 0 ? FIRST_BATCH : tokens.length) {
        int to = from == 0 ? FIRST_BATCH : tokens.length;
        Map<String, Tensor> inputs = new HashMap<>();
        for (Value input : network.graph().inputs()) {
          inputs.put(input.name(), input(input, tokens, from, to, past));
        }
        network.run(inputs);
        for (Value output : network.graph().outputs()) {
          Tensor given = network.output(output.name());
          past.put(output.name(), Tensor.ofFloats(given.shape(), given.toFloats()));
        }
        compare(expected, from, past.get("logits").toFloats());
      }
    } catch (BackendUnavailableException e) {
      // Our own engines are there.
      if (!device.equals("onnxruntime") && !device.equals("openvino")) {
        throw e;
      }
      System.out.println("skipped: " + e.getMessage());
      abort(e.getMessage());
    }
  }

  private static void compare(float[][] expected, int first, float[] actual) {
    int width = expected[0].length;
    for (int row = 0; row < actual.length / width; row++) {
      float[] own = Arrays.copyOfRange(actual, row * width, (row + 1) * width);
      assertArrayEquals(expected[first + row], own, TOLERANCE, "position " + (first + row));
    }
  }
}
