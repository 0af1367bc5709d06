package dev.gatun.testkit.machine;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.detect.Hardware;
import dev.gatun.runtime.detect.Hardware.Surroundings.Place;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceCapabilities;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The product's backends on a recorded machine: able where the hardware is usable and the vendor's
 * runtime installed, with the answers that their devices gave ({@link DeviceAnswers}). Ids of
 * devices, names and memory are what the recording says of the vendor's library. They compile
 * nothing.
 */
final class VendorBackends {
  private final RecordedMachine machine;
  private final Set<String> runtimes;
  private final Hardware hardware;
  private final List<Accelerator> accelerators;

  /**
   * @param runtimes names of installed runtimes: {@code openvino}, {@code qnn}
   */
  VendorBackends(RecordedMachine machine, Set<String> runtimes) {
    this.machine = machine;
    this.runtimes = Set.copyOf(runtimes);
    hardware = HardwareDetector.detect(machine.facts());
    accelerators = HardwareDetector.accelerators(machine.facts(), hardware);
  }

  /**
   * A runtime on the machine; ranks decide, as there is nothing to try.
   *
   * @param home folder of Gatun's files
   */
  GatunRuntime runtime(Path home) {
    GatunRuntime.Builder builder =
        GatunRuntime.builder()
            .discover(false)
            .home(home)
            .property(Settings.PLAN_TRIAL, "false")
            .machine(machine.facts());
    all().forEach(builder::provider);
    return builder.build();
  }

  private List<BackendProvider> all() {
    return List.of(
        able("cpu", List.of(cpu("cpu:native", "cpu"))),
        able("vector", List.of(cpu("vector:native", "vector"))),
        cuda(),
        metal(),
        openvino(),
        qnn());
  }

  private Device cpu(String id, String answers) {
    String name = hardware.cpu().model().orElse("unknown processor");
    return Recorded.of(new DeviceInfo(id, backend(id), Kind.CPU, name, 0, Map.of()), answers);
  }

  private BackendProvider cuda() {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < usable(Vendor.NVIDIA, Kind.GPU); i++) {
      devices.add(device("cuda:" + i, Kind.GPU, "cuda"));
    }
    return provider(
        "cuda",
        devices,
        "there is no driver of NVIDIA",
        "it comes with the GPU: install NVIDIA's driver");
  }

  private BackendProvider metal() {
    List<Device> devices =
        usable(Vendor.APPLE, Kind.GPU) > 0
            ? List.of(device("metal:0", Kind.GPU, "metal"))
            : List.of();
    return provider("metal", devices, "this is not macOS", "Metal is part of macOS");
  }

  private BackendProvider openvino() {
    List<Device> devices = new ArrayList<>();
    if (runtimes.contains("openvino") && hasOpenVino()) {
      devices.add(cpu("openvino:CPU", "openvino-CPU"));
      if (usable(Vendor.INTEL, Kind.GPU) > 0) {
        devices.add(device("openvino:GPU", Kind.GPU, "openvino-GPU"));
      }
      if (usable(Vendor.INTEL, Kind.NPU) > 0) {
        devices.add(device("openvino:NPU", Kind.NPU, "openvino-NPU"));
      }
    }
    return provider(
        "openvino",
        devices,
        "OpenVINO's library is not there",
        "`gatun runtimes install openvino` installs it");
  }

  /** Intel makes packages of it neither for Windows on Arm nor for Android. */
  private boolean hasOpenVino() {
    boolean windowsOnArm = hardware.os().equals("windows") && hardware.arch().equals("aarch64");
    return !windowsOnArm && hardware.surroundings().place() != Place.ANDROID;
  }

  private BackendProvider qnn() {
    List<Device> devices = new ArrayList<>();
    if (runtimes.contains("qnn") && usable(Vendor.QUALCOMM, Kind.NPU) > 0) {
      devices.add(device("qnn:HTP", Kind.NPU, "qnn-HTP"));
      if (usable(Vendor.QUALCOMM, Kind.GPU) > 0) {
        // Its library opens on such a machine alone: what is lowered is the same for both.
        devices.add(device("qnn:GPU", Kind.GPU, "qnn-HTP"));
      }
    }
    return provider(
        "qnn",
        devices,
        "Qualcomm's libraries are not here",
        "`gatun runtimes install qnn` installs them");
  }

  private static BackendProvider able(String id, List<Device> devices) {
    return new Fixed(id, Finding.good(Stage.ABLE, "as recorded"), devices);
  }

  private static BackendProvider provider(
      String id, List<Device> devices, String reason, String remedy) {
    return devices.isEmpty()
        ? new Fixed(id, Finding.bad(Stage.PRESENT, reason, remedy), devices)
        : able(id, devices);
  }

  private int usable(Vendor vendor, Kind kind) {
    return (int)
        accelerators.stream()
            .filter(found -> found.vendor() == vendor && found.kind() == kind)
            .filter(found -> found.problem().isEmpty())
            .count();
  }

  /** {@code NAME | 8 GiB | shared}: what the vendor's library says of a device. */
  private Device device(String id, Kind kind, String answers) {
    String[] fields =
        machine.vendor(id).orElseThrow(() -> new AssertionError("no section 'vendor " + id + "'"));
    long memory = 0;
    boolean shared = false;
    for (int i = 1; i < fields.length; i++) {
      if (fields[i].equals("shared")) {
        shared = true;
      } else {
        memory = (long) (Double.parseDouble(fields[i].replace(" GiB", "")) * (1L << 30));
      }
    }
    return Recorded.of(
        new DeviceInfo(
            id,
            backend(id),
            kind,
            fields[0],
            memory,
            shared ? Map.of(DeviceInfo.MEMORY, DeviceInfo.SHARED) : Map.of()),
        answers);
  }

  private static String backend(String id) {
    return id.substring(0, id.indexOf(':'));
  }

  private record Fixed(String id, Finding finding, List<Device> devices)
      implements BackendProvider {
    @Override
    public Probe probe(ProbeContext context) {
      return new Probe(id, List.of(finding), devices);
    }

    @Override
    public List<RuntimeRequirement> runtimes() {
      return List.of();
    }
  }

  private record Recorded(DeviceInfo info, DeviceAnswers answers) implements Device {
    static Recorded of(DeviceInfo info, String answers) {
      try {
        return new Recorded(info, DeviceAnswers.recorded(answers));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public DeviceCapabilities capabilities() {
      return answers.capabilities();
    }

    @Override
    public WeightUse weightUse(DType format) {
      return answers.weightUse(format);
    }

    @Override
    public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
      return Assessment.byNode(graph, profiles, node -> answers.refusal(graph, node));
    }

    @Override
    public Executable compile(
        GraphSlice slice, List<ShapeProfile> profiles, CompileOptions options) {
      throw new AssertionError("a recorded device compiles nothing");
    }

    @Override
    public void close() {
      // It has nothing.
    }
  }
}
