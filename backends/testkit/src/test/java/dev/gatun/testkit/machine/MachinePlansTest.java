package dev.gatun.testkit.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.detect.Hardware;
import dev.gatun.runtime.plan.Explainer;
import dev.gatun.runtime.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded machines: what is found, and what is planned for some models, as texts that a person can
 * read and agree with ({@code machines/NAME.plan.txt}). With {@code -Dgatun.test.write=true} the
 * texts are written instead of compared.
 */
class MachinePlansTest {
  private static final List<String> POLICIES = List.of("max-efficiency", "max-performance");

  @TempDir static Path folder;
  private static SampleModels models;

  @BeforeAll
  static void open() throws IOException {
    models = new SampleModels(folder);
  }

  @AfterAll
  static void close() {
    models.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtx-laptop",
        "jetson-orin",
        "core-ultra",
        "arc-desktop",
        "macbook-m3",
        "snapdragon-x",
        "android-phone",
        "raspberry-pi-5",
        "ryzen-ai",
        "wsl2-nvidia",
        "container"
      })
  void plansAreThoseThatWereAgreedOn(String name) throws IOException {
    RecordedMachine machine = RecordedMachine.read(name);
    String text;
    try (GatunRuntime runtime =
        new VendorBackends(machine, Set.of("openvino", "qnn")).runtime(folder)) {
      text = describe(runtime);
    }
    if (Boolean.getBoolean("gatun.test.write")) {
      Files.writeString(Path.of("src/test/resources/machines", name + ".plan.txt"), text);
      return;
    }
    try (InputStream agreed =
        MachinePlansTest.class.getResourceAsStream("/machines/" + name + ".plan.txt")) {
      assertNotNull(agreed, "no text for " + name);
      assertEquals(
          new String(agreed.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n"), text);
    }
  }

  private static String describe(GatunRuntime runtime) {
    List<Graph> graphs = models.all();
    StringBuilder text = new StringBuilder(machine(runtime));
    text.append("\nGPUs and NPUs\n");
    for (HardwareUse use : runtime.hardwareUses()) {
      use.lines().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    for (Graph graph : graphs) {
      text.append("\n---- ");
      text.append(Explainer.explain(runtime.plan(SampleModels.request(graph, "auto"))).toText());
    }
    text.append("\n---- other policies\n");
    for (String policy : POLICIES) {
      for (Graph graph : graphs) {
        Plan plan = runtime.plan(SampleModels.request(graph, policy));
        for (Plan.Assignment slice : plan.slices()) {
          text.append(
              "%-16s %-16s %-14s %s\n"
                  .formatted(policy, graph.name(), slice.device().info().id(), slice.cause()));
        }
      }
    }
    return text.toString();
  }

  private static String machine(GatunRuntime runtime) {
    Hardware hardware = runtime.hardware();
    List<String> words = new ArrayList<>();
    words.add(hardware.os() + " " + hardware.arch());
    words.add(hardware.cpu().model().orElse("unknown processor"));
    hardware.surroundings().board().ifPresent(words::add);
    switch (hardware.surroundings().place()) {
      case MACHINE -> {}
      case CONTAINER -> words.add("in a container");
      case WSL -> words.add("in the Windows Subsystem for Linux");
      case ANDROID -> words.add("Android");
    }
    words.add(hardware.threads() + " threads");
    words.add(
        String.format(
            Locale.ROOT, "%.1f GiB for models", runtime.memoryBudget() / (double) (1L << 30)));
    return String.join(", ", words) + "\n";
  }
}
