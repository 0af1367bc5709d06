package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's selection policies, on a machine whose only provider is that for CPUs. */
class SelectionTest {
  private static final String HOME = Path.of("target", "home").toAbsolutePath().toString();

  private static TestContext context(String policy) {
    return new TestContext(1, Map.of("gatun.home", HOME, Target.Selected.SETTING, policy));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default",
        "prefer-cpu",
        "prefer-npu",
        "prefer-gpu",
        "max-performance",
        "max-efficiency",
        "min-overall-power"
      })
  void theLibrarySelectsAndReportsWhereNodesAre(String policy) {
    try (TestContext context = context(policy)) {
      Probe probe = Jar.probe(context);
      assertEquals(
          List.of("onnxruntime:AUTO", "onnxruntime:CPU"),
          probe.devices().stream().map(device -> device.info().id()).toList());
      var device = probe.devices().getFirst();
      assertEquals(policy, device.info().properties().get("selection"));
      try (var executable =
          device.compile(GraphSlice.whole(TestModels.sum()), List.of(), CompileOptions.DEFAULT)) {
        assertEquals(
            List.of("CPUExecutionProvider.Add"),
            executable.placement().stream().map(NodePlacement::unit).toList());
        assertEquals(List.of(), executable.strayed());
      }
    }
  }

  @Test
  void thePlanTakesTheSelectionWhereTheBackendIsRequired() {
    Jar.need();
    try (GatunRuntime runtime =
            GatunRuntime.builder()
                .discover(false)
                .provider(new OnnxRuntimeBackendProvider())
                .property("gatun.home", HOME)
                .property(Target.Selected.SETTING, "prefer-cpu")
                .build();
        CompiledPlan plan =
            runtime.compile(
                PlanRequest.of(TestModels.sum(), new SessionOptions(1, 1, 1, 1))
                    .withPolicy(Policy.require("onnxruntime")),
                CompileOptions.DEFAULT);
        Session session = plan.newSession(new SessionOptions(1, 1, 1, 1))) {
      assertEquals("onnxruntime:AUTO", plan.plan().slices().getFirst().device().info().id());
      Batch batch = new Batch(0);
      Tensor x = Tensor.ofFloats(Shape.of(1, 4), 1, 2, 3, 4);
      batch.set("a", x);
      batch.set("b", x);
      session.run(batch);
      assertEquals(8, session.output().get(0, 3));
    }
  }

  @Test
  void anUnknownPolicyIsRefused() {
    try (TestContext context = context("fastest")) {
      var failure = assertThrows(BackendException.class, () -> Jar.probe(context));
      assertTrue(
          failure
              .getMessage()
              .startsWith("gatun.onnxruntime.selection is 'fastest'; it takes default,"),
          failure.getMessage());
    }
  }
}
