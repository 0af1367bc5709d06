package dev.gatun.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.runtime.fake.FakeDevice;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.fake.ToyModel;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.Tunable;
import dev.gatun.runtime.tune.TuneOptions;
import dev.gatun.runtime.tune.TuningReport;
import dev.gatun.runtime.tune.TuningReport.TunableLine;
import dev.gatun.runtime.tune.TuningReport.ValueLine;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured is chosen, kept, and in force in the next load. */
class TuneTest {
  private static final TuneOptions FEW = new TuneOptions(48, 4, 3);

  @TempDir Path home;
  private FakeDevice device;

  /** A device whose speeds are known: gear 2 takes half the time, what is paint does not matter. */
  @BeforeEach
  void make() {
    device = FakeDevice.of("fake:0");
    device.tunables =
        List.of(
            Tunable.of("gear", "which gear", List.of("1", "2", "3"), "1"),
            Tunable.of("paint", "which colour", List.of("red", "blue"), "red"));
    device.cost =
        (choices, tokens) ->
            10 + tokens * (choices.getOrDefault("gear", "1").equals("2") ? 50L : 100L);
  }

  private GatunRuntime.Builder builder() {
    return GatunRuntime.builder()
        .discover(false)
        .threads(1)
        .memoryBudget(1 << 24)
        .home(home)
        .clock(device.clock::get)
        .provider(FakeProvider.of("fake", device));
  }

  private static PlanRequest request() {
    return PlanRequest.of(ToyModel.graph(1), new SessionOptions(1, 64, 48, 1));
  }

  private TuningReport tune() {
    try (GatunRuntime runtime = builder().build()) {
      return runtime.tune(request(), FEW, _ -> {});
    }
  }

  /** The choices that a load of the model compiles with. */
  private Explanation load(GatunRuntime.Builder builder, PlanRequest request) {
    device.choices = Map.of("never", "compiled");
    try (GatunRuntime runtime = builder.build();
        CompiledPlan plan = runtime.compile(runtime.plan(request), CompileOptions.DEFAULT)) {
      return plan.explain();
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("tunings"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  private static ValueLine value(TuningReport report, String name, String value) {
    TunableLine line =
        report.tunables().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    return line.values().stream()
        .filter(one -> one.value().equals(value))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theFasterValueIsChosenAndInForceInTheNextLoad() {
    TuningReport report = tune();
    assertEquals(Map.of("gear", "2"), report.tuning().choices());
    assertEquals(2, report.tuning().ratio(), 0.1);
    assertEquals(1, value(report, "gear", "3").ratio(), 1e-9);
    assertEquals(1, value(report, "paint", "blue").ratio(), 1e-9);
    Explanation explanation = load(builder(), request());
    assertEquals(Map.of("gear", "2"), device.choices);
    assertEquals(Map.of("gear", "2"), explanation.tuned().getFirst().choices());
    assertTrue(
        explanation
            .toText()
            .lines()
            .anyMatch(line -> line.matches("tuned: gear 2 \\([0-9.]+x the default, [0-9-]+\\)")),
        explanation.toText());
  }

  @Test
  void aSmallerBlockIsChosenWhereItIsFaster() {
    device.tunables = List.of();
    PlanRequest wide = PlanRequest.of(ToyModel.graph(1, 128), new SessionOptions(1, 1024, 64, 1));
    device.cost = (_, tokens) -> (long) tokens * tokens;
    try (GatunRuntime runtime = builder().build()) {
      TuningReport report = runtime.tune(wide, new TuneOptions(640, 4, 3), _ -> {});
      assertEquals(List.of(), report.tunables());
      PlanRequest wider =
          PlanRequest.of(ToyModel.graph(1, 128), new SessionOptions(1, 1024, 128, 1));
      report = runtime.tune(wider, new TuneOptions(640, 4, 3), _ -> {});
      assertEquals(Map.of("block", "64"), report.tuning().choices());
      assertEquals(64, runtime.plan(wider).tuned().tuning().orElseThrow().block().orElseThrow());
    }
    load(builder(), wide);
    assertEquals(Map.of(), device.choices, "the block is no choice of the device");
  }

  @Test
  void whereNothingIsFasterTheDefaultStays() {
    device.cost = (_, tokens) -> tokens;
    assertEquals(Map.of(), tune().tuning().choices());
    Explanation explanation = load(builder(), request());
    assertEquals(Map.of(), device.choices);
    assertTrue(explanation.toText().contains("tuned: the default is best"));
  }

  @Test
  void fasterArithmeticIsRefusedBeyondTheBound() {
    device.tunables =
        List.of(
            new Tunable("arithmetic", "", List.of("rough", "fine"), "fine", Optional.of("fine")));
    device.cost =
        (choices, tokens) ->
            tokens * (choices.getOrDefault("arithmetic", "").equals("rough") ? 1L : 4);
    device.error = choices -> choices.getOrDefault("arithmetic", "").equals("rough") ? 0.01 : 0;
    assertEquals(Map.of("arithmetic", "rough"), tune().tuning().choices());
    device.error = choices -> choices.getOrDefault("arithmetic", "").equals("rough") ? 9 : 0;
    TuningReport report = tune();
    assertEquals(Map.of(), report.tuning().choices());
    assertTrue(value(report, "arithmetic", "rough").note().contains("too much"));
  }

  @Test
  void aStandardBeyondTheBoundIsLeftWhateverItCosts() {
    device.tunables =
        List.of(
            new Tunable("arithmetic", "", List.of("rough", "fine"), "rough", Optional.of("fine")));
    device.cost =
        (choices, tokens) ->
            tokens * (choices.getOrDefault("arithmetic", "").equals("fine") ? 4L : 1);
    device.error = choices -> choices.getOrDefault("arithmetic", "").equals("fine") ? 0 : 9;
    TuningReport report = tune();
    assertEquals(Map.of("arithmetic", "fine"), report.tuning().choices());
    assertEquals(0.25, report.tuning().ratio(), 0.01);
  }

  @Test
  void itCanBeSwitchedOffAndForgotten() {
    tune();
    load(builder(), request().withTuned(false));
    assertEquals(Map.of(), device.choices);
    load(builder().property(Settings.TUNED, "false"), request());
    assertEquals(Map.of(), device.choices);
    try (GatunRuntime runtime = builder().build()) {
      assertEquals(List.of(), runtime.forgetTunings(request(), Optional.of("other")));
      assertEquals(List.of("fake:0"), runtime.forgetTunings(request(), Optional.of("fake")));
      assertEquals(List.of(), runtime.forgetTunings(request(), Optional.empty()));
    }
    load(builder(), request());
    assertEquals(Map.of(), device.choices);
  }

  @Test
  void itIsKeptPerModel() {
    tune();
    load(builder(), request().withModelDigest("0".repeat(64)));
    assertEquals(Map.of(), device.choices);
    load(builder(), PlanRequest.of(ToyModel.graph(2), new SessionOptions(1, 64, 48, 1)));
    assertEquals(Map.of(), device.choices);
  }

  @Test
  void aChoiceThatASettingHasMadeIsLeftOut() {
    tune();
    device.tunables = device.tunables.subList(1, 2);
    load(builder(), request());
    assertEquals(Map.of(), device.choices);
  }

  private void ignored(String content, String why) throws IOException {
    Files.writeString(file(), content);
    Explanation explanation = load(builder(), request());
    assertEquals(Map.of(), device.choices);
    assertEquals(List.of(), explanation.tuned());
    assertEquals(1, explanation.notes().size());
    assertTrue(explanation.notes().getFirst().contains(why), explanation.notes().toString());
    assertTrue(explanation.notes().getFirst().contains("gatun tune"));
  }

  @Test
  void damagedAndStaleFilesAreIgnoredWithAMessage() throws IOException {
    tune();
    String sound = Files.readString(file());
    ignored("", "damaged");
    ignored("{", "damaged");
    ignored("[]", "damaged");
    ignored("{".repeat(50_000), "damaged");
    ignored("x".repeat(1 << 20), "damaged");
    ignored(sound.replace("gatun.tuning/1", "gatun.tuning/2"), "damaged");
    ignored(sound.replaceAll("\"ratio\":[0-9.]+", "\"ratio\":-1"), "damaged");
    ignored(sound.replaceAll("\"date\":\"[^\"]*\"", "\"date\":\"soon\""), "damaged");
    ignored(sound.replaceAll("\"choices\":.*}}", "\"choices\":7}"), "damaged");
    ignored(sound.replace("Gatun " + GatunRuntime.VERSION, "Gatun 0.0.1"), "measured with");
    ignored(sound.replace("\"gear\":\"2\"", "\"gear\":\"9\""), "gear cannot be 9");
    ignored(sound.replace("\"gear\":\"2\"", "\"block\":\"-5\""), "block cannot be -5");
    Files.write(file(), sound.getBytes(StandardCharsets.UTF_8));
    load(builder(), request());
    assertEquals(Map.of("gear", "2"), device.choices);
  }

  @Test
  void onlyModelsThatGenerateTextAreTuned() {
    GraphBuilder builder = new GraphBuilder("other");
    Value x = builder.input("x", DType.F32, Dim.of(4));
    builder.output(builder.add("twice", x, x));
    PlanRequest request = PlanRequest.of(builder.build(), new SessionOptions(1, 1, 1, 1));
    try (GatunRuntime runtime = builder().build()) {
      GatunException e =
          assertThrows(GatunException.class, () -> runtime.tune(request, FEW, _ -> {}));
      assertEquals(GatunException.Kind.USAGE, e.kind());
    }
  }
}
