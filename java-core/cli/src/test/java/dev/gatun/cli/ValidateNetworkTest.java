package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxGraph;
import dev.gatun.formats.onnx.OnnxModel;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.formats.onnx.OnnxValueInfo;
import dev.gatun.formats.onnx.OnnxWriter;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code validate} on networks: right answers, weights layer by layer, what is no number. */
class ValidateNetworkTest {
  private static final int CLASSES = 4;

  @TempDir Path home;

  /** {@code z = x W}: the class is the place of the largest of x, while W is the identity. */
  private Path network(String name, float... weights) throws IOException {
    int type = ElementTypes.number(DType.F32);
    List<OnnxValueInfo.Extent> dims =
        List.of(new OnnxValueInfo.Size(1), new OnnxValueInfo.Size(CLASSES));
    var node = new OnnxNode("layer", "", "MatMul", List.of("x", "w"), List.of("z"), Map.of(), -1);
    Tensor matrix = Tensor.ofFloats(Shape.of(CLASSES, CLASSES), weights);
    var graph =
        new OnnxGraph(
            name,
            List.of(node),
            Map.of("w", OnnxTensor.of("w", matrix)),
            List.of(new OnnxValueInfo("x", type, Optional.of(dims), -1)),
            List.of(new OnnxValueInfo("z", type, Optional.of(dims), -1)),
            List.of());
    Path file = home.resolve(name + ".onnx");
    OnnxWriter.toFile(new OnnxModel(8, "test", Map.of("", 13L), Map.of(), graph), file);
    return file;
  }

  private static float[] identity() {
    float[] weights = new float[CLASSES * CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      weights[i * CLASSES + i] = 1;
    }
    return weights;
  }

  /** The identity, but the first two classes take each other's place. */
  private static float[] exchanged() {
    float[] weights = identity();
    weights[0] = 0;
    weights[1] = 1;
    weights[CLASSES] = 1;
    weights[CLASSES + 1] = 0;
    return weights;
  }

  /** A NumPy archive with the array x. */
  private static void archive(Path file, float... x) throws IOException {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, %d), }".formatted(x.length);
    header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.write(header.length());
    bytes.write(header.length() >> 8);
    bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    ByteBuffer values = ByteBuffer.allocate(4 * x.length).order(ByteOrder.LITTLE_ENDIAN);
    values.asFloatBuffer().put(x);
    bytes.writeBytes(values.array());
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(bytes.toByteArray());
      zip.closeEntry();
    }
  }

  /** One example of each class. */
  private Path labels() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int label = 0; label < CLASSES; label++) {
      float[] x = {0.1f, 0.2f, 0.15f, 0.05f};
      x[label] = 3;
      archive(home.resolve(label + ".npz"), x);
      lines.append("{\"inputs\": \"%d.npz\", \"label\": %d}%n".formatted(label, label));
    }
    return Files.writeString(home.resolve("labels.jsonl"), lines);
  }

  private Invocation validate(Path reference, Path candidate, String... options) {
    String[] words = new String[options.length + 4];
    words[0] = "validate";
    words[1] = reference.toString();
    words[2] = candidate.toString();
    words[3] = "--json";
    System.arraycopy(options, 0, words, 4, options.length);
    return Invocation.of(home, words);
  }

  @Test
  void rightAnswersAreCounted() throws IOException {
    Path reference = network("reference", identity());
    String labels = "--labels=" + labels();
    Invocation same = validate(reference, reference, labels, "--thresholds=task-accuracy=1");
    assertEquals(0, same.exitCode(), same.err() + same.out());
    assertEquals(CLASSES, same.json().at("/task/examples").asInt());
    Path candidate = network("candidate", exchanged());
    Invocation worse =
        validate(reference, candidate, labels, "--thresholds=task-loss=0.4,output-cosine=-1");
    assertEquals(5, worse.exitCode(), worse.err());
    JsonNode measure = worse.json().at("/task/measures/0");
    assertEquals(1, measure.at("/reference/value").asDouble());
    assertEquals(0.5, measure.at("/candidate/value").asDouble());
  }

  @Test
  void weightsAreComparedLayerByLayer() throws IOException {
    float[] weights = identity();
    weights[5] = 0.9f;
    Invocation run = validate(network("reference", identity()), network("candidate", weights));
    JsonNode weight = run.json().at("/layers/weights/0");
    // Energy 4 over a difference of 0.1: 26.02 dB.
    assertEquals(10 * Math.log10(4 / 0.01), weight.path("snrDb").asDouble(), 1e-3, run.out());
    assertEquals(0.1, weight.path("largestError").asDouble(), 1e-6, run.out());
  }

  @Test
  void whatIsNoNumberFails() throws IOException {
    float[] weights = identity();
    weights[5] = Float.NaN;
    Invocation run = validate(network("reference", identity()), network("candidate", weights));
    assertEquals(5, run.exitCode(), run.err());
    assertTrue(run.json().at("/layers/weights/0/notFinite").asInt() > 0, run.out());
    assertTrue(run.json().at("/outputs/0/notFinite").asInt() > 0, run.out());
  }

  @Test
  void labelsBringTheirOwnInputs() throws IOException {
    Path reference = network("reference", identity());
    labels();
    Invocation run =
        validate(
            reference,
            reference,
            "--labels=" + home.resolve("labels.jsonl"),
            "--inputs=" + home.resolve("0.npz"));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains("give no --inputs"), run.err());
  }
}
