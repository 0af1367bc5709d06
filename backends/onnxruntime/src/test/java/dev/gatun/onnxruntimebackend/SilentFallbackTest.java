package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A provider whose option is rejected leaves its nodes to the library's CPU provider, and the
 * numbers are right: the plan says so all the same. The provider is Qualcomm's with its simulator,
 * from the wheel {@code onnxruntime-qnn} 2.7.0, whose unpacked folder the system property {@code
 * gatun.test.qnn} or the variable {@code GATUN_TEST_QNN} names.
 */
class SilentFallbackTest {
  private static final String DEVICE = "onnxruntime:QNN-CPU";

  private Path provider;

  @BeforeEach
  void findWheel() {
    Jar.need();
    String folder = System.getProperty("gatun.test.qnn", System.getenv("GATUN_TEST_QNN"));
    String why = "gatun.test.qnn does not name an unpacked wheel of onnxruntime-qnn";
    provider =
        folder == null
            ? Path.of("none")
            : Path.of(folder, "onnxruntime_qnn", "libonnxruntime_providers_qnn.so");
    if (!Files.isRegularFile(provider)) {
      System.out.println("skipped: " + why);
    }
    assumeTrue(Files.isRegularFile(provider), why);
  }

  private GatunRuntime runtime(String options) {
    return GatunRuntime.builder()
        .discover(false)
        .provider(new OnnxRuntimeBackendProvider())
        // The same for all tests: two copies of the library cannot live in one process.
        .property("gatun.home", Path.of("target", "home").toAbsolutePath().toString())
        .property(PlugIn.PROVIDERS, "QNN=" + provider)
        .property(PlugIn.optionsSetting("QNN"), options)
        .build();
  }

  private static CompiledPlan compile(GatunRuntime runtime, Policy policy) {
    Graph graph = TestModels.fixedSum();
    PlanRequest request = PlanRequest.of(graph, new SessionOptions(1, 1, 1, 1)).withPolicy(policy);
    return runtime.compile(runtime.plan(request), CompileOptions.DEFAULT);
  }

  private static float last(CompiledPlan plan) {
    try (Session session = plan.newSession(new SessionOptions(1, 1, 1, 1))) {
      Batch batch = new Batch(0);
      Tensor x = Tensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4);
      batch.set("a", x);
      batch.set("b", x);
      session.run(batch);
      return session.output().get(0, 3);
    }
  }

  @Test
  void theSimulatorRunsTheNodeAndIsShownToDoSo() {
    try (GatunRuntime runtime = runtime("");
        CompiledPlan plan = compile(runtime, Policy.require(DEVICE))) {
      assertEquals(8, last(plan), 0.05);
      assertEquals(java.util.List.of(), plan.explain().notes());
    }
  }

  @Test
  void aRejectedOptionIsAnErrorWhereTheDeviceIsRequired() {
    try (GatunRuntime runtime = runtime("backend_path=/no/such/libQnnHtp.so")) {
      var failure =
          assertThrows(
              BackendUnavailableException.class,
              () -> compile(runtime, Policy.require(DEVICE)).close());
      assertTrue(
          failure.getMessage().contains("sum on CPUExecutionProvider.Add"), failure.getMessage());
      assertEquals(DEVICE, failure.id());
    }
  }

  @Test
  void aRejectedOptionIsSaidWhereOthersMayStandIn() {
    try (GatunRuntime runtime = runtime("backend_path=/no/such/libQnnHtp.so");
        CompiledPlan plan = compile(runtime, Policy.prefer(DEVICE))) {
      assertEquals(8, last(plan));
      assertFalse(plan.explain().notes().isEmpty());
      assertTrue(plan.explain().notes().getFirst().contains("sum on CPUExecutionProvider.Add"));
    }
  }
}
