package dev.gatun.pipelines.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.pipelines.Checkout;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * ONNX's backend node tests, all of them, on the reference interpreter, on {@code vector}, on
 * {@code cuda} over the driver without a GPU, and lowered to OpenVINO. A test passes, is refused
 * for a reason that is on the committed list, is not counted because its types are none of ours or
 * its data contradict ONNX's own definition, or fails.
 */
class OnnxNodeTest {
  /** Share of the counted tests that must pass. */
  private static final double LEAST = 0.85;

  /** The same, for GPUs. */
  private static final double LEAST_OF_GPU = 0.9;

  /** The same, for OpenVINO's representation. */
  private static final double LEAST_OF_OPENVINO = 0.6;

  /** OpenVINO divides by multiplying with the reciprocal: a quotient of one half and a step. */
  private static final Set<String> OTHERWISE_ON_OPENVINO =
      Set.of("test_dynamicquantizelinear", "test_dynamicquantizelinear_expanded");

  @TestFactory
  Stream<DynamicTest> reference() throws IOException {
    return suite("reference", NodeDevice.reference());
  }

  @TestFactory
  Stream<DynamicTest> vector() throws IOException {
    try (GatunRuntime runtime = GatunRuntime.open()) {
      return suite("vector", NodeDevice.of(runtime, "vector"));
    }
  }

  /** Many operators have no kernel for GPUs: what is not refused must be right. */
  @TestFactory
  Stream<DynamicTest> cuda() throws IOException {
    try (GatunRuntime runtime =
        Checkout.withStandIns(GatunRuntime.builder().offline(true)).build()) {
      BackendStatus status = runtime.backend("cuda");
      Assumptions.assumeTrue(status.able(), () -> "skipped: cuda: " + status.reason());
      var report = new NodeReport("cuda", lines());
      List<DynamicTest> tests = failures(NodeDevice.of(runtime, "cuda"), report);
      System.out.println(report);
      tests.add(
          DynamicTest.dynamicTest(
              "some pass",
              () -> assertTrue(report.share() >= LEAST_OF_GPU, () -> "only " + report.share())));
      return tests.stream();
    }
  }

  /**
   * Lowered to OpenVINO's own representation, not read from the file by OpenVINO: one test in four,
   * with more effort all of them. What is not refused must be right.
   */
  @TestFactory
  Stream<DynamicTest> openvino() throws IOException {
    try (GatunRuntime runtime =
        GatunRuntime.builder().offline(true).property("gatun.openvino.source", "graph").build()) {
      BackendStatus status = runtime.backend("openvino");
      Assumptions.assumeTrue(status.able(), () -> "skipped: openvino: " + status.reason());
      var report = new NodeReport("openvino", lines());
      int step = Integer.getInteger("gatun.test.effort", 1) > 1 ? 1 : 4;
      List<DynamicTest> tests =
          failures(
              NodeDevice.of(runtime, "openvino:CPU"),
              report,
              name -> !OTHERWISE_ON_OPENVINO.contains(name) && name.hashCode() % step == 0);
      System.out.println(report);
      tests.add(
          DynamicTest.dynamicTest(
              "some pass",
              () ->
                  assertTrue(report.share() >= LEAST_OF_OPENVINO, () -> "only " + report.share())));
      return tests.stream();
    }
  }

  private static Stream<DynamicTest> suite(String name, NodeDevice device) throws IOException {
    var report = new NodeReport(name, lines());
    List<DynamicTest> tests = failures(device, report);
    System.out.println(report);
    tests.add(
        DynamicTest.dynamicTest(
            "refusals are those on the list", () -> assertEquals(List.of(), report.unexpected())));
    tests.add(
        DynamicTest.dynamicTest(
            "most pass",
            () -> assertTrue(report.share() >= LEAST, () -> "only " + report.share())));
    return tests.stream();
  }

  /** Runs all of them; a test for each that fails. */
  private static List<DynamicTest> failures(NodeDevice device, NodeReport report)
      throws IOException {
    return failures(device, report, name -> true);
  }

  private static List<DynamicTest> failures(
      NodeDevice device, NodeReport report, Predicate<String> wanted) throws IOException {
    List<Path> folders;
    try (Stream<Path> files = Files.list(Checkout.onnxNodeTests())) {
      folders =
          files
              .filter(Files::isDirectory)
              .filter(folder -> wanted.test(folder.getFileName().toString()))
              .sorted()
              .toList();
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : folders) {
      NodeCase test = NodeCase.of(folder);
      Optional<String> failure = run(test, device, report);
      failure.ifPresent(
          text -> tests.add(DynamicTest.dynamicTest(test.name(), () -> assertEquals("", text))));
    }
    return tests;
  }

  /** Why the test failed; empty when it did not. */
  private static Optional<String> run(NodeCase test, NodeDevice device, NodeReport report) {
    try (OnnxFile file = OnnxFile.open(test.model())) {
      Optional<String> excluded =
          NodeCase.excluded(file).or(() -> report.contradiction(test.name()));
      if (excluded.isPresent()) {
        report.excluded(excluded.get());
        return Optional.empty();
      }
      Optional<String> difference = device.run(test, file);
      if (difference.isEmpty()) {
        report.passed(test.name());
      } else {
        report.failed(test.name());
      }
      return difference;
    } catch (NodeDevice.Refusal e) {
      report.refused(test.name(), e.getMessage());
      return Optional.empty();
    } catch (RuntimeException e) {
      report.failed(test.name());
      return Optional.of(e.toString());
    }
  }

  /** The committed list: kind, name of a test, reason; by name. */
  private static Map<String, NodeReport.Line> lines() throws IOException {
    Map<String, NodeReport.Line> lines = new TreeMap<>();
    try (InputStream in = OnnxNodeTest.class.getResourceAsStream("node-tests.txt")) {
      List<String> all = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      for (String line : all) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] parts = line.split(" ", 3);
          lines.put(parts[1], new NodeReport.Line(parts[0], parts[2]));
        }
      }
    }
    return lines;
  }
}
