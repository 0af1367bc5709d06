package dev.gatun.testkit.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.plan.Explainer;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.plan.Explanation.PassedOverLine;
import dev.gatun.runtime.plan.Explanation.SliceLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded machines with something changed: the plan changes as it should, and says why. */
class MachineChangesTest {
  private static final Set<String> RUNTIMES = Set.of("openvino", "qnn");

  @TempDir static Path folder;
  private static SampleModels models;
  private static Graph small;
  private static Graph large;
  private static Graph encoder;

  @BeforeAll
  static void open() throws IOException {
    models = new SampleModels(folder);
    small = models.llama1b();
    large = models.llama8b();
    encoder = models.encoder();
  }

  @AfterAll
  static void close() {
    models.close();
  }

  private static RecordedMachine machine(String name) {
    return RecordedMachine.read(name);
  }

  private static Explanation explain(RecordedMachine machine, Graph graph, String policy) {
    return explain(machine, RUNTIMES, graph, policy);
  }

  private static Explanation explain(
      RecordedMachine machine, Set<String> runtimes, Graph graph, String policy) {
    try (GatunRuntime runtime = new VendorBackends(machine, runtimes).runtime(folder)) {
      return Explainer.explain(runtime.plan(SampleModels.request(graph, policy)));
    }
  }

  private static List<HardwareUse> uses(RecordedMachine machine, Set<String> runtimes) {
    try (GatunRuntime runtime = new VendorBackends(machine, runtimes).runtime(folder)) {
      return runtime.hardwareUses();
    }
  }

  private static List<String> devices(Explanation explanation) {
    return explanation.slices().stream().map(SliceLine::device).toList();
  }

  private static PassedOverLine line(Explanation explanation, String id) {
    return explanation.passedOver().stream()
        .filter(entry -> entry.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " not in " + explanation.passedOver()));
  }

  private static void assertFallback(
      Explanation explanation, String device, String id, String reason, String remedy) {
    assertEquals(List.of(device), devices(explanation));
    PassedOverLine line = line(explanation, id);
    assertTrue(line.fallback(), line.toString());
    assertTrue(line.reason().contains(reason), line.reason());
    assertTrue(line.remedy().contains(remedy), line.remedy());
  }

  @Test
  void withoutItsDriverAGpuIsMissed() {
    RecordedMachine machine =
        machine("rtx-laptop")
            .without("nvidia")
            .replacing("sys/bus/pci/devices/0000:01:00.0/uevent", "DRIVER=nvidia\n", "");
    assertFallback(
        explain(machine, small, "auto"),
        "cpu:native",
        "cuda",
        "NVIDIA AD107M [GeForce RTX 4060 Max-Q / Mobile] is here, but no driver has it",
        "install NVIDIA's driver");
    HardwareUse use = uses(machine, RUNTIMES).getLast();
    assertEquals(List.of(), use.devices());
    assertEquals("no driver has it", use.reason());
  }

  @Test
  void anotherDriverThanTheVendorsIsNamed() {
    RecordedMachine machine =
        machine("rtx-laptop")
            .without("proc/driver/nvidia")
            .replacing("sys/bus/pci/devices/0000:01:00.0/uevent", "=nvidia", "=nouveau");
    assertFallback(
        explain(machine, small, "auto"),
        "cpu:native",
        "cuda",
        "nouveau",
        "install NVIDIA's driver");
  }

  @Test
  void aNodeThatMayNotBeOpenedIsAMatterOfPermissions() {
    RecordedMachine machine =
        machine("core-ultra").without("dev/accel/accel0").plus("== dev/accel/accel0 (denied)\n");
    HardwareUse use = uses(machine, RUNTIMES).getLast();
    assertEquals("this user may not open /dev/accel/accel0", use.reason());
    assertTrue(use.remedy().contains("render"), use.remedy());
    assertEquals(List.of("openvino:GPU"), devices(explain(machine, encoder, "max-efficiency")));
  }

  @Test
  void halfTheMemoryOfACardSplitsTheLargeModelAndNotTheSmall() {
    RecordedMachine machine =
        machine("rtx-laptop").replacing("vendor cuda:0", "7.6 GiB", "3.8 GiB");
    assertEquals(List.of("cuda:0"), devices(explain(machine, small, "auto")));
    Explanation split = explain(machine, large, "auto");
    assertEquals(List.of("cpu:native", "cuda:0"), devices(split));
    assertEquals("token_embd", split.slices().getFirst().firstNode());
    assertEquals("logits", split.slices().getLast().lastNode());
    assertTrue(
        split.slices().getFirst().cause().contains("cuda:0 refuses token_embd: there is no room"),
        split.slices().getFirst().cause());
    assertTrue(line(split, "cuda:0").fallback());
    assertTrue(line(split, "cuda:0").reason().contains("needs about 5.24 GiB of 3.80 GiB"));
    // One value passes from the processor to the card: the hidden vectors between two layers.
    assertEquals(1, split.copies().size(), split.copies().toString());
    long onCard =
        split.weights().stream()
            .filter(weight -> weight.device().equals("cuda:0"))
            .mapToLong(Explanation.WeightLine::bytes)
            .sum();
    assertTrue(onCard > 3L << 30 && onCard < (long) (3.8 * (1L << 30)), onCard + " bytes");
    // The same where the user prefers the card; required, it is refused.
    assertEquals(List.of("cpu:native", "cuda:0"), devices(explain(machine, large, "prefer:cuda")));
    BackendUnavailableException refused =
        assertThrows(
            BackendUnavailableException.class, () -> explain(machine, large, "require:cuda"));
    assertTrue(refused.getMessage().contains("needs about 5.24 GiB"), refused.getMessage());
  }

  @Test
  void tooLittleOfACardIsLeftAlone() {
    RecordedMachine machine = machine("rtx-laptop").replacing("vendor cuda:0", "7.6 GiB", "1 GiB");
    assertFallback(
        explain(machine, large, "auto"), "cpu:native", "cuda:0", "of 1.00 GiB", "smaller context");
  }

  @Test
  void aSecondCardHoldsWhatTheFirstCannot() {
    RecordedMachine machine =
        machine("rtx-laptop")
            .replacing("vendor cuda:0", "7.6 GiB", "3.8 GiB")
            .plus(
                """
                == sys/bus/pci/devices/0000:02:00.0/uevent
                DRIVER=nvidia
                PCI_CLASS=30200
                PCI_ID=10DE:28E0
                == vendor cuda:1
                NVIDIA GeForce RTX 4060 Laptop GPU | 3.8 GiB
                """);
    assertEquals(List.of("cuda:1", "cuda:0"), devices(explain(machine, large, "auto")));
    assertEquals(List.of("cuda:0"), devices(explain(machine, small, "auto")));
  }

  @Test
  void anAddedCardTakesOver() {
    RecordedMachine machine =
        machine("ryzen-ai")
            .plus(
                """
                == sys/bus/pci/devices/0000:01:00.0/uevent
                DRIVER=nvidia
                PCI_CLASS=30000
                PCI_ID=10DE:28E0
                == dev/nvidiactl (device)
                == vendor cuda:0
                an added card | 7.6 GiB
                """);
    assertEquals(List.of("cpu:native"), devices(explain(machine("ryzen-ai"), small, "auto")));
    Explanation explanation = explain(machine, small, "auto");
    assertEquals(List.of("cuda:0"), devices(explanation));
    assertTrue(line(explanation, "cpu:native").reason().contains("comes after cuda:0"));
  }

  @Test
  void aContainerThatIsGivenTheCardUsesIt() {
    RecordedMachine machine = machine("container");
    assertFallback(
        explain(machine, small, "auto"),
        "cpu:native",
        "cuda",
        "NVIDIA L40S is here, but it is the host's",
        "--gpus all");
    RecordedMachine given = machine.plus("== dev/nvidiactl (device)\n== dev/nvidia0 (device)\n");
    assertEquals(List.of("cuda:0"), devices(explain(given, small, "auto")));
  }

  @Test
  void windowsMustLendItsGpu() {
    RecordedMachine machine = machine("wsl2-nvidia").without("dev/dxg");
    assertFallback(
        explain(machine, small, "auto"), "cpu:native", "cuda", "no /dev/dxg", "wsl --update");
  }

  @Test
  void aJetsonInAContainerWithoutItsNodesSaysHowToStartIt() {
    RecordedMachine machine = machine("jetson-orin").without("dev/nv").plus("== .dockerenv\n\n");
    assertFallback(
        explain(machine, small, "auto"), "cpu:native", "cuda", "the host's", "--runtime nvidia");
  }

  @Test
  void withoutItsRuntimeAnNpuLiesIdleAndThatIsNoFallback() {
    RecordedMachine machine = machine("core-ultra");
    assertEquals(List.of("openvino:NPU"), devices(explain(machine, encoder, "max-efficiency")));
    Explanation without = explain(machine, Set.of(), encoder, "max-efficiency");
    assertEquals(List.of("cpu:native"), devices(without));
    PassedOverLine line = line(without, "openvino");
    assertFalse(line.fallback());
    assertTrue(line.reason().contains("is here, but OpenVINO's library"), line.reason());
    assertTrue(line.remedy().contains("gatun runtimes install openvino"), line.remedy());
    for (HardwareUse use : uses(machine, Set.of())) {
      assertTrue(use.remedy().contains("gatun runtimes install openvino"), use.toString());
    }
    // Where the hardware is not, neither is the advice.
    assertTrue(
        explain(machine("raspberry-pi-5"), Set.of(), encoder, "auto").passedOver().stream()
            .noneMatch(entry -> entry.id().equals("openvino")));
  }

  @Test
  void policiesChangeThePlanOfOneMachine() {
    RecordedMachine machine = machine("core-ultra");
    assertEquals(List.of("cpu:native"), devices(explain(machine, encoder, "auto")));
    Explanation auto = explain(machine, encoder, "auto");
    assertEquals("used on request only", line(auto, "openvino:NPU").reason());
    assertTrue(line(auto, "openvino:NPU").remedy().contains("--prefer openvino:NPU"));
    assertEquals(
        List.of("openvino:NPU"), devices(explain(machine, encoder, "prefer:openvino:NPU")));
    assertEquals(List.of("openvino:GPU"), devices(explain(machine, encoder, "max-performance")));
    // An NPU of fixed shapes refuses a growing state: the next kind takes the language model.
    Explanation efficient = explain(machine, small, "max-efficiency");
    assertEquals(List.of("openvino:GPU"), devices(efficient));
    assertTrue(line(efficient, "openvino:NPU").fallback());
    assertTrue(line(efficient, "openvino:NPU").examples().getFirst().contains("a state grows"));
    BackendUnavailableException refused =
        assertThrows(
            BackendUnavailableException.class,
            () -> explain(machine, small, "require:openvino:NPU"));
    assertEquals(small.nodes().size(), refused.refusals().size());
  }

  @Test
  void aProcessorWithTooLittleMemoryForTheWeightsSaysSo() {
    RecordedMachine machine = machine("raspberry-pi-5");
    assertFalse(explain(machine, large, "auto").slices().getFirst().cause().contains("again"));
    RecordedMachine half = machine.replacing("proc/meminfo", "8258640", "4129320");
    String cause = explain(half, large, "auto").slices().getFirst().cause();
    assertTrue(cause.contains("4.58 GiB of weights do not fit"), cause);
    assertFalse(explain(half, small, "auto").slices().getFirst().cause().contains("again"));
  }

  @Test
  void aMacWithHalfTheMemoryIsSplit() {
    RecordedMachine machine =
        machine("macbook-m3")
            .replacing("$ sysctl hw", "hw.memsize: 19327352832", "hw.memsize: 8589934592")
            .replacing("vendor metal:0", "12.7 GiB", "5.3 GiB");
    assertEquals(List.of("metal:0"), devices(explain(machine, large, "auto")));
    RecordedMachine less = machine.replacing("vendor metal:0", "5.3 GiB", "4.0 GiB");
    assertEquals(List.of("cpu:native", "metal:0"), devices(explain(less, large, "auto")));
  }

  @Test
  void weightsThatADeviceDecodesCountAsItHoldsThem() {
    RecordedMachine machine = machine("snapdragon-x");
    assertEquals(List.of("qnn:HTP"), devices(explain(machine, small, "max-efficiency")));
    Explanation explanation = explain(machine, large, "max-efficiency");
    assertEquals(List.of("cpu:native"), devices(explanation));
    assertTrue(line(explanation, "qnn:HTP").fallback());
    assertTrue(
        line(explanation, "qnn:HTP").reason().contains("needs about 15.6"),
        line(explanation, "qnn:HTP").reason());
  }

  @Test
  void anAppThatMayNotReadTheNpusNodeIsToldOfItsManifest() {
    RecordedMachine machine = machine("android-phone");
    assertEquals(List.of("qnn:HTP"), devices(explain(machine, encoder, "max-efficiency")));
    RecordedMachine denied =
        machine.without("dev/fastrpc-cdsp").plus("== dev/fastrpc-cdsp (denied)\n");
    HardwareUse use = uses(denied, RUNTIMES).getLast();
    assertEquals("Qualcomm Hexagon NPU (SoC 618)", use.hardware().name());
    assertEquals("this user may not open /dev/fastrpc-cdsp", use.reason());
    assertTrue(use.remedy().contains("<uses-native-library>"), use.remedy());
    assertTrue(
        uses(machine.without("kgsl-3d0 (device)"), RUNTIMES)
            .getFirst()
            .reason()
            .contains("/dev/kgsl-3d0 is not there"));
  }

  @Test
  void aSnapdragonOfWindowsWithoutItsDriverIsMissed() {
    RecordedMachine machine =
        machine("snapdragon-x")
            .replacing(
                "$ reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\"
                    + "{f01a9d53-3ff6-48d2-9f97-c8a7004be10c}\\0000",
                "    DriverVersion    REG_SZ    30.0.31.0\n",
                "");
    HardwareUse use = uses(machine, RUNTIMES).getLast();
    assertEquals("no driver has it", use.reason());
    assertTrue(use.remedy().contains("driver for Windows"), use.remedy());
    // The GPU's library is opened beside the NPU's: without the NPU there is neither.
    assertEquals(List.of("cpu:native"), devices(explain(machine, encoder, "max-efficiency")));
  }

  @Test
  void aProcessorWhoseFirmwareIsNotRunningCannotBeUsed() {
    RecordedMachine linux =
        machine("raspberry-pi-5")
            .plus(
                """
                == proc/device-tree/compatible (zeros for commas and blanks)
                lenovo,thinkpad-t14s
                qcom,x1e80100
                == sys/class/remoteproc/remoteproc1/name
                cdsp
                == sys/class/remoteproc/remoteproc1/state
                running
                == dev/fastrpc-cdsp (device)
                == vendor qnn:HTP
                Hexagon NPU | shared
                """);
    HardwareUse use = uses(linux, RUNTIMES).getLast();
    assertEquals("Qualcomm Hexagon NPU (qcom,x1e80100)", use.hardware().name());
    assertEquals(List.of("qnn:HTP"), use.devices());
    HardwareUse stopped =
        uses(linux.with("sys/class/remoteproc/remoteproc1/state", "offline"), RUNTIMES).getLast();
    assertEquals("its firmware is not running (state offline)", stopped.reason());
  }
}
