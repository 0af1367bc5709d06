package dev.gatun.runtime;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.detect.RecordedMachine;
import dev.gatun.runtime.fake.FakeProvider;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.Refusal;
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
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The product's backends as they would answer on a recorded machine: able where the hardware is
 * usable and the vendor's runtime installed, with the ranks of the product and the refusals that
 * their READMEs state. Ids of devices, names and memory are what the recording says of the vendor's
 * library. They compile nothing.
 */
final class VendorBackends {
  private final RecordedMachine machine;
  private final Set<String> runtimes;
  private final List<Accelerator> accelerators;

  /**
   * @param runtimes names of installed runtimes: {@code openvino}, {@code qnn}
   */
  VendorBackends(RecordedMachine machine, Set<String> runtimes) {
    this.machine = machine;
    this.runtimes = Set.copyOf(runtimes);
    accelerators = machine.accelerators();
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
            .machine(machine.hardware(), accelerators);
    all().forEach(builder::provider);
    return builder.build();
  }

  private List<BackendProvider> all() {
    return List.of(
        FakeProvider.of("cpu", cpu("cpu:native", Preference.CPU_KERNELS)),
        FakeProvider.of("vector", cpu("vector:native", Preference.VECTOR_KERNELS)),
        cuda(),
        metal(),
        openvino(),
        qnn());
  }

  private Device cpu(String id, int preference) {
    String name = machine.hardware().cpu().model().orElse("unknown processor");
    return new Recorded(
        new DeviceInfo(id, backend(id), Kind.CPU, name, 0, Map.of()),
        preference,
        VendorBackends::takesAll);
  }

  private BackendProvider cuda() {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < usable(Vendor.NVIDIA, Kind.GPU); i++) {
      devices.add(device("cuda:" + i, Kind.GPU, Preference.GPU_KERNELS, VendorBackends::takesAll));
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
            ? List.of(device("metal:0", Kind.GPU, Preference.GPU_KERNELS, VendorBackends::takesAll))
            : List.of();
    return provider("metal", devices, "this is not macOS", "Metal is part of macOS");
  }

  private BackendProvider openvino() {
    List<Device> devices = new ArrayList<>();
    if (runtimes.contains("openvino")) {
      devices.add(cpu("openvino:CPU", Preference.VENDOR_CPU));
      if (usable(Vendor.INTEL, Kind.GPU) > 0) {
        devices.add(
            device("openvino:GPU", Kind.GPU, Preference.ON_REQUEST, VendorBackends::takesAll));
      }
      if (usable(Vendor.INTEL, Kind.NPU) > 0) {
        devices.add(
            device("openvino:NPU", Kind.NPU, Preference.ON_REQUEST, VendorBackends::fixedShapes));
      }
    }
    return provider(
        "openvino",
        devices,
        "OpenVINO's library is not there",
        "`gatun runtimes install openvino` installs it");
  }

  private BackendProvider qnn() {
    List<Device> devices = new ArrayList<>();
    if (runtimes.contains("qnn") && usable(Vendor.QUALCOMM, Kind.NPU) > 0) {
      devices.add(device("qnn:HTP", Kind.NPU, Preference.ON_REQUEST, VendorBackends::takesAll));
      if (usable(Vendor.QUALCOMM, Kind.GPU) > 0) {
        devices.add(device("qnn:GPU", Kind.GPU, Preference.ON_REQUEST, VendorBackends::takesAll));
      }
    }
    return provider(
        "qnn",
        devices,
        "Qualcomm's libraries are not here",
        "`gatun runtimes install qnn` installs them");
  }

  private static BackendProvider provider(
      String id, List<Device> devices, String reason, String remedy) {
    Finding finding =
        devices.isEmpty()
            ? Finding.bad(Stage.PRESENT, reason, remedy)
            : Finding.good(Stage.ABLE, "as recorded");
    return new FakeProvider(id, finding, devices);
  }

  private int usable(Vendor vendor, Kind kind) {
    return (int)
        accelerators.stream()
            .filter(found -> found.vendor() == vendor && found.kind() == kind)
            .filter(found -> found.problem().isEmpty())
            .count();
  }

  /** {@code NAME | 8 GiB | shared}: what the vendor's library says of a device. */
  private Device device(
      String id, Kind kind, int preference, BiFunction<Graph, Node, Optional<String>> refusal) {
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
    return new Recorded(
        new DeviceInfo(
            id,
            backend(id),
            kind,
            fields[0],
            memory,
            shared ? Map.of(DeviceInfo.MEMORY, DeviceInfo.SHARED) : Map.of()),
        preference,
        refusal);
  }

  private static String backend(String id) {
    return id.substring(0, id.indexOf(':'));
  }

  private static Optional<String> takesAll(Graph graph, Node node) {
    return Optional.empty();
  }

  /** OpenVINO on an NPU. */
  private static Optional<String> fixedShapes(Graph graph, Node node) {
    return graph.states().isEmpty()
        ? Optional.empty()
        : Optional.of("a state grows, and shapes are fixed on this device");
  }

  private record Recorded(
      DeviceInfo info, int preference, BiFunction<Graph, Node, Optional<String>> refusal)
      implements Device {
    @Override
    public DeviceCapabilities capabilities() {
      // QNN computes in half precision; the others read what is stored.
      Set<DType> formats =
          info.backend().equals("qnn")
              ? Set.of(DType.F16)
              : EnumSet.complementOf(EnumSet.of(DType.STRING));
      return new DeviceCapabilities(formats, info.kind() != Kind.NPU, 1, preference);
    }

    @Override
    public Assessment assess(Graph graph, List<ShapeProfile> profiles) {
      return Assessment.byNode(
          graph,
          profiles,
          node -> refusal.apply(graph, node).map(reason -> new Refusal(node, reason, "")));
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
