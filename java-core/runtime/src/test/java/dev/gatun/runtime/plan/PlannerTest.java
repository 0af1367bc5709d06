package dev.gatun.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.fake.ToyModel;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.GatunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies, causes, refusals, trials. */
class PlannerTest {
  private static final SessionOptions OPTIONS = new SessionOptions(1, 64, 8, 8);
  private static final Graph GRAPH = ToyModel.graph(2);

  @TempDir Path home;
  private final List<GatunRuntime> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(GatunRuntime::close);
  }

  private GatunRuntime.Builder builder(FakeDevice... devices) {
    GatunRuntime.Builder builder =
        GatunRuntime.builder()
            .discover(false)
            .threads(1)
            .home(home)
            .property(Settings.PLAN_TRIAL, "false");
    for (FakeDevice device : devices) {
      builder.provider(FakeProvider.of(device.info().backend(), device));
    }
    return builder;
  }

  private GatunRuntime runtime(GatunRuntime.Builder builder) {
    GatunRuntime runtime = builder.build();
    open.add(runtime);
    return runtime;
  }

  private Plan plan(Policy policy, FakeDevice... devices) {
    return runtime(builder(devices)).plan(PlanRequest.of(GRAPH, OPTIONS).withPolicy(policy));
  }

  private static FakeDevice device(FakeDevice.Settings settings) {
    return new FakeDevice(settings);
  }

  private static FakeDevice.Settings settings(String id) {
    return FakeDevice.Settings.of(id);
  }

  private static List<String> devices(Plan plan) {
    return plan.slices().stream().map(slice -> slice.device().info().id()).toList();
  }

  private static PassedOver passedOver(Plan plan, String id) {
    return plan.passedOver().stream()
        .filter(line -> line.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " not in " + plan.passedOver()));
  }

  @Test
  void autoTakesTheHighestRankAndNamesTheRest() {
    Plan plan =
        plan(
            Policy.auto(),
            FakeDevice.of("low:0"),
            device(settings("high:0").preference(20)),
            device(settings("hidden:0").preference(-1)));
    assertEquals(List.of("high:0"), devices(plan));
    assertTrue(plan.slices().getFirst().cause().contains("highest rank"));
    PassedOver low = passedOver(plan, "low:0");
    assertFalse(low.fallback());
    assertTrue(low.finding().reason().contains("comes after high:0"), low.toString());
    assertTrue(plan.fallbacks().isEmpty());
  }

  @Test
  void aDeviceOfNegativeRankRunsWhenNamed() {
    FakeDevice hidden = device(settings("hidden:0").preference(-1));
    assertEquals(List.of("hidden:0"), devices(plan(Policy.require("hidden"), hidden)));
    assertThrows(
        BackendUnavailableException.class,
        () -> plan(Policy.auto(), device(settings("hidden:0").preference(-1))));
  }

  @Test
  void kindsOrderEfficiencyAndPerformance() {
    FakeDevice.Settings cpu = settings("c:0").preference(30);
    FakeDevice.Settings gpu = settings("g:0").kind(Kind.GPU);
    FakeDevice.Settings npu = settings("n:0").kind(Kind.NPU);
    assertEquals(
        List.of("n:0"),
        devices(plan(Policy.parse("max-efficiency"), device(cpu), device(gpu), device(npu))));
    assertEquals(
        List.of("c:0"), devices(plan(Policy.parse("max-efficiency"), device(gpu), device(cpu))));
    assertEquals(
        List.of("g:0"),
        devices(plan(Policy.parse("max-performance"), device(cpu), device(npu), device(gpu))));
  }

  @Test
  void requireThrowsWithTheRefusedNodesAndReasons() {
    FakeDevice narrow = device(settings("narrow:0").refusing("attention"));
    BackendUnavailableException e =
        assertThrows(
            BackendUnavailableException.class,
            () -> plan(Policy.require("narrow"), narrow, FakeDevice.of("wide:0")));
    assertEquals(4, e.kind().exitCode());
    assertEquals("narrow", e.id());
    assertEquals(2, e.refusals().size());
    assertTrue(e.getMessage().contains("blk.1.attention"), e.getMessage());
    assertTrue(e.getMessage().contains("does not take attention"), e.getMessage());
  }

  @Test
  void requireOfABackendThatIsNotThereSaysWhy() {
    BackendUnavailableException e =
        assertThrows(
            BackendUnavailableException.class,
            () -> plan(Policy.require("metal"), FakeDevice.of("wide:0")));
    assertEquals(4, e.kind().exitCode());
    assertTrue(e.reason().contains("its module is not on"), e.getMessage());
    BackendUnavailableException vector =
        assertThrows(BackendUnavailableException.class, () -> plan(Policy.require("vector")));
    assertTrue(vector.remedy().contains("gatun-vector"), vector.getMessage());
    GatunException unknown =
        assertThrows(GatunException.class, () -> plan(Policy.require("nonsense")));
    assertEquals(GatunException.Kind.USAGE, unknown.kind());
    assertTrue(unknown.getMessage().contains("onnxruntime"), unknown.getMessage());
    BackendUnavailableException device =
        assertThrows(
            BackendUnavailableException.class,
            () -> plan(Policy.require("wide:7"), FakeDevice.of("wide:0")));
    assertTrue(device.getMessage().contains("there is wide:0"), device.getMessage());
  }

  @Test
  void requireTakesADeviceById() {
    FakeProvider two =
        FakeProvider.of("x", FakeDevice.of("x:0"), device(settings("x:1").preference(99)));
    GatunRuntime runtime = runtime(builder().provider(two));
    PlanRequest request = PlanRequest.of(GRAPH, OPTIONS);
    assertEquals(List.of("x:0"), devices(runtime.plan(request.withPolicy(Policy.require("x:0")))));
    assertEquals(1, two.probes.get());
  }

  @Test
  void preferFallsBackAndSaysSo() {
    FakeDevice broken = FakeDevice.of("other:0");
    Finding bad = Finding.bad(Stage.ABLE, "driver too old", "update it");
    FakeProvider unable = new FakeProvider("gpu", bad, List.of());
    GatunRuntime runtime = runtime(builder(broken).provider(unable));
    Plan plan =
        runtime.plan(PlanRequest.of(GRAPH, OPTIONS).withPolicy(Policy.prefer("gpu", "cuda")));
    assertEquals(List.of("other:0"), devices(plan));
    assertEquals(
        List.of("cuda", "gpu"), plan.fallbacks().stream().map(PassedOver::id).sorted().toList());
    assertEquals("driver too old", passedOver(plan, "gpu").finding().reason());
    assertTrue(plan.slices().getFirst().cause().contains("not preferred"));
    String text = Explainer.explain(plan).toText();
    assertTrue(text.contains("gpu (fallback)") && text.contains("update it"), text);
  }

  @Test
  void aBackendThatIsPresentAndNotAbleIsAFallbackUnnamedToo() {
    var broken = new FakeProvider("gpu", Finding.bad(Stage.ABLE, "no driver", ""), List.of());
    var absent = new FakeProvider("npu", Finding.bad(Stage.PRESENT, "no NPU", ""), List.of());
    FakeDevice chosen = FakeDevice.of("c:0");
    Plan plan =
        runtime(builder(chosen).provider(broken).provider(absent))
            .plan(PlanRequest.of(GRAPH, OPTIONS));
    assertEquals(List.of("gpu"), plan.fallbacks().stream().map(PassedOver::id).toList());
    assertFalse(passedOver(plan, "npu").fallback());
  }

  @Test
  void onlyWhatComesBeforeTheChosenIsAFallback() {
    FakeDevice best = device(settings("best:0").refusing("attention").preference(90));
    FakeDevice last = device(settings("last:0").refusing("attention").preference(1));
    Plan plan = plan(Policy.auto(), best, device(settings("c:0").preference(50)), last);
    assertEquals(List.of("c:0"), devices(plan));
    assertTrue(passedOver(plan, "best:0").fallback());
    assertFalse(passedOver(plan, "last:0").fallback());
  }

  @Test
  void preferredDevicesKeepWhatTheyTake() {
    FakeDevice preferred = device(settings("p:0").refusing("blk.1.attention").preference(1));
    FakeDevice whole = device(settings("w:0").preference(50));
    Plan plan = plan(Policy.prefer("p"), preferred, whole);
    assertEquals(List.of("p:0", "w:0", "p:0"), devices(plan));
    assertEquals(
        List.of("blk.1.attention"),
        plan.slices().get(1).slice().graph().nodes().stream().map(n -> n.name()).toList());
    assertTrue(
        plan.slices().get(1).cause().contains("p:0 refuses blk.1.attention"),
        plan.slices().get(1).cause());
    assertEquals(List.of("p:0"), plan.fallbacks().stream().map(PassedOver::id).toList());
  }

  @Test
  void slicesAreFewAndExplained() {
    FakeDevice a = device(settings("a:0").preference(20).refusing("blk.1.attention"));
    FakeDevice b = device(settings("b:0").refusing("embed", "blk.0.attention"));
    Plan plan = plan(Policy.auto(), a, b);
    assertEquals(List.of("a:0", "b:0"), devices(plan));
    Explanation explanation = Explainer.explain(plan);
    assertEquals(2, explanation.slices().size());
    double nodes =
        explanation.devices().stream().mapToDouble(Explanation.DeviceLine::nodeShare).sum();
    double flops =
        explanation.devices().stream().mapToDouble(Explanation.DeviceLine::flopShare).sum();
    assertEquals(1, nodes, 1e-9);
    assertEquals(1, flops, 1e-9);
    assertFalse(explanation.copies().isEmpty());
    assertTrue(explanation.copies().stream().allMatch(copy -> copy.bytes() > 0));
    assertTrue(
        explanation.weights().stream().allMatch(line -> line.exactness().equals("exact")),
        explanation.weights().toString());
  }

  @Test
  void nodesThatNobodyTakesAreNamed() {
    BackendUnavailableException e =
        assertThrows(
            BackendUnavailableException.class,
            () ->
                plan(
                    Policy.auto(),
                    device(settings("a:0").refusing("logits", "embed")),
                    device(settings("b:0").refusing("logits"))));
    assertEquals(List.of("logits"), e.refusals().stream().map(r -> r.node().name()).toList());
  }

  @Test
  void aStateThatDoesNotFitIsRefusedWithItsSize() {
    GatunRuntime runtime = runtime(builder(FakeDevice.of("a:0")).memoryBudget(20_000));
    PlanRequest fits = PlanRequest.of(GRAPH, OPTIONS);
    assertEquals(List.of("a:0"), devices(runtime.plan(fits)));
    PlanRequest large = PlanRequest.of(GRAPH, new SessionOptions(1, 1_000_000, 8, 8));
    BackendUnavailableException e =
        assertThrows(BackendUnavailableException.class, () -> runtime.plan(large));
    assertTrue(e.getMessage().contains("needs about 0.12 GiB"), e.getMessage());
    assertTrue(e.remedy().contains("fewer positions"), e.remedy());
  }

  @Test
  void aDeviceWithTooLittleMemoryIsPassedOver() {
    FakeDevice small = device(settings("g:0").kind(Kind.GPU).preference(90).memory(1000));
    Plan plan = plan(Policy.auto(), small, FakeDevice.of("c:0"));
    assertEquals(List.of("c:0"), devices(plan));
    assertEquals(Stage.FIT, passedOver(plan, "g:0").finding().stage());
    assertTrue(passedOver(plan, "g:0").fallback());
  }

  @Test
  void whatOthersHoldOfADevicesMemoryIsNotCountedOn() {
    FakeDevice gpu = device(settings("g:0").kind(Kind.GPU).preference(90).memory(1L << 30));
    assertEquals(List.of("g:0"), devices(plan(Policy.auto(), gpu, FakeDevice.of("c:0"))));
    gpu.usable = OptionalLong.of(1000);
    Plan plan = plan(Policy.auto(), gpu, FakeDevice.of("c:0"));
    assertEquals(List.of("c:0"), devices(plan));
    assertEquals(Stage.FIT, passedOver(plan, "g:0").finding().stage());
  }

  @Test
  void aGpuTakesAsManyLayersAsTheSettingSays() {
    Graph graph = ToyModel.graph(4);
    FakeDevice gpu = device(settings("g:0").kind(Kind.GPU).preference(90));
    GatunRuntime runtime =
        runtime(builder(gpu, FakeDevice.of("c:0")).property(Settings.GPU_LAYERS, "3"));
    PlanRequest request =
        PlanRequest.of(graph, OPTIONS).withPolicy(new Policy.Prefer(List.of("g:0")));
    Plan plan = runtime.plan(request);
    assertEquals(List.of("c:0", "g:0"), devices(plan));
    assertEquals(3, plan.slices().getLast().slice().graph().states().size());
    assertEquals(1, plan.slices().getFirst().slice().graph().states().size());
    assertEquals(List.of(), plan.fallbacks());
    assertTrue(passedOver(plan, "g:0").finding().good());
    assertTrue(passedOver(plan, "g:0").finding().reason().contains("3 of 4 layers"));
    GatunRuntime whole =
        runtime(builder(gpu, FakeDevice.of("c:0")).property(Settings.GPU_LAYERS, "4"));
    assertEquals(List.of("g:0"), devices(whole.plan(request)));
  }

  @Test
  void aGpuWithRoomForFewerLayersThanTheSettingSaysIsStoodInFor() {
    Graph graph = ToyModel.graph(4);
    FakeDevice gpu = device(settings("g:0").kind(Kind.GPU).preference(90));
    gpu.usable = OptionalLong.of(14_000);
    PlanRequest request =
        PlanRequest.of(graph, OPTIONS).withPolicy(new Policy.Prefer(List.of("g:0")));
    Plan plan =
        runtime(builder(gpu, FakeDevice.of("c:0")).property(Settings.GPU_LAYERS, "3"))
            .plan(request);
    assertEquals(List.of("c:0", "g:0"), devices(plan));
    assertEquals(2, plan.slices().getLast().slice().graph().states().size());
    assertTrue(passedOver(plan, "g:0").fallback());
    assertEquals(
        "gatun.plan.gpulayers is 3 of 4 layers; there is room for 2",
        passedOver(plan, "g:0").finding().reason());
  }

  @Test
  void theFasterDeviceWinsTheTrialAndTheResultIsKept() {
    FakeDevice slow = device(settings("slow:0").preference(90));
    slow.sleepMillis = 15;
    FakeDevice fast = FakeDevice.of("fast:0");
    PlanRequest request = PlanRequest.of(GRAPH, OPTIONS);
    Plan plan = runtime(builder(slow, fast).property(Settings.PLAN_TRIAL, "true")).plan(request);
    assertEquals(List.of("fast:0"), devices(plan));
    assertTrue(plan.slices().getFirst().cause().contains("fastest of 2"), plan.toString());
    assertEquals(Stage.MEASURED, passedOver(plan, "slow:0").finding().stage());
    int submissions = slow.submissions.get();
    assertTrue(submissions > 0);
    FakeDevice again = device(settings("slow:0").preference(90));
    Plan second =
        runtime(builder(again, FakeDevice.of("fast:0")).property(Settings.PLAN_TRIAL, "true"))
            .plan(request);
    assertEquals(List.of("fast:0"), devices(second));
    assertEquals(0, again.submissions.get());
    assertTrue(second.slices().getFirst().cause().contains("remembered"));
  }

  @Test
  void aSettingChoosesTheWinner() {
    Plan plan =
        runtime(
                builder(FakeDevice.of("a:0"), FakeDevice.of("b:0"))
                    .property(Settings.PLAN_TRIAL, "b:0"))
            .plan(PlanRequest.of(GRAPH, OPTIONS));
    assertEquals(List.of("b:0"), devices(plan));
    assertTrue(plan.slices().getFirst().cause().contains(Settings.PLAN_TRIAL));
  }

  @Test
  void aDeviceThatFailsItsTrialIsPassedOver() {
    FakeDevice failing = device(settings("bad:0").preference(90));
    failing.failure = new BackendException("out of order");
    Plan plan =
        runtime(builder(failing, FakeDevice.of("ok:0")).property(Settings.PLAN_TRIAL, "true"))
            .plan(PlanRequest.of(GRAPH, OPTIONS));
    assertEquals(List.of("ok:0"), devices(plan));
    assertTrue(passedOver(plan, "bad:0").finding().reason().contains("out of order"));
  }

  @Test
  void aDeviceThatFailsToCompileIsPassedOverUnlessRequired() {
    FakeDevice failing = device(settings("bad:0").preference(90));
    failing.compileFailure = new BackendException("compiler crashed");
    GatunRuntime runtime = runtime(builder(failing, FakeDevice.of("ok:0")));
    PlanRequest request = PlanRequest.of(GRAPH, OPTIONS);
    CompiledPlan compiled = runtime.compile(request, CompileOptions.DEFAULT);
    assertEquals(List.of("ok:0"), devices(compiled.plan()));
    assertTrue(
        passedOver(compiled.plan(), "bad:0").finding().reason().contains("compiler crashed"));
    assertThrows(
        BackendException.class,
        () -> runtime.compile(request.withPolicy(Policy.require("bad")), CompileOptions.DEFAULT));
  }

  @Test
  void policiesAreReadAndWritten() {
    for (String text :
        List.of("auto", "max-efficiency", "max-performance", "prefer:a,b:0", "require:x")) {
      assertEquals(text, Policy.parse(text).text());
    }
    assertEquals(new Policy.Prefer(List.of("a", "b")), Policy.parse("prefer: a, b,"));
    for (String text : List.of("", "fast", "prefer:", "prefer:,", "require:", "AUTO")) {
      GatunException e = assertThrows(GatunException.class, () -> Policy.parse(text), text);
      assertEquals(2, e.kind().exitCode());
    }
  }
}
