package dev.gatun.openvinobackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.openvino.Core;
import dev.gatun.openvino.OpenVino;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.SelfTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backend {@code openvino}: Intel's compilers for CPU, GPU and NPU. Present where its library
 * is; able when it loads, has a version that the bindings know, and adds two vectors.
 */
public final class OpenVinoProvider implements BackendProvider {
  static final String ID = "openvino";

  private static final String NATIVE_ACCESS =
      "start Java with --enable-native-access=dev.gatun.openvino,dev.gatun.ffi"
          + " (ALL-UNNAMED when Gatun is on the class path)";

  /** For {@link java.util.ServiceLoader}. */
  public OpenVinoProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(OpenVinoRuntime.REQUIREMENT);
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new OpenVinoSelfTest());
  }

  @Override
  public Probe probe(ProbeContext context) {
    Finding present = present(context);
    if (!present.good()) {
      return new Probe(ID, List.of(present), List.of());
    }
    Loaded loaded = load(context);
    if (loaded.core().isEmpty()) {
      return new Probe(ID, List.of(present, loaded.finding()), List.of());
    }
    SharedCore core = loaded.core().get();
    List<Device> devices = devices(context, core);
    return devices.isEmpty()
        ? new Probe(
            ID,
            List.of(
                present,
                Finding.bad(
                    Stage.ABLE,
                    "OpenVINO finds no device here",
                    "its plugins must lie beside its library")),
            List.of())
        : new Probe(ID, List.of(present, loaded.finding()), devices);
  }

  /** A cheap look. */
  static Finding present(ProbeContext context) {
    LibrarySearch search = OpenVinoRuntime.search(context);
    Optional<String> place = search.present();
    if (place.isPresent()) {
      return Finding.good(Stage.PRESENT, place.get());
    }
    String problems = OpenVinoRuntime.problems(context);
    String tried = String.join(", ", search.tried());
    return Finding.bad(
        Stage.PRESENT,
        "OpenVINO's library is not there"
            + (tried.isEmpty() ? "" : " (looked at: " + tried + ")")
            + (problems.isEmpty() ? "" : "; " + problems),
        OpenVinoRuntime.remedy());
  }

  /**
   * What came of loading.
   *
   * @param core empty when it failed
   */
  record Loaded(Optional<SharedCore> core, Finding finding) {}

  /** Loads the library once per runtime. */
  static Loaded load(ProbeContext context) {
    Optional<String> problem = new OpenVinoSettings(context).problem();
    if (problem.isPresent()) {
      return failed(Finding.bad(Stage.ABLE, problem.get(), "correct it, or leave it out"));
    }
    OpenVino.Lookup lookup;
    try {
      lookup = OpenVino.load(OpenVinoRuntime.search(context));
    } catch (IllegalCallerException e) {
      return failed(
          Finding.bad(
              Stage.ABLE, "this JVM denies native access: " + e.getMessage(), NATIVE_ACCESS, e));
    }
    if (lookup.openVino().isEmpty()) {
      return failed(
          Finding.bad(
              Stage.ABLE,
              "OpenVINO's library does not load: " + String.join("; ", lookup.failures()),
              OpenVinoRuntime.remedy()));
    }
    OpenVino library = lookup.openVino().get();
    try {
      SharedCore core = context.shared(SharedCore.class, () -> new SharedCore(library));
      return new Loaded(
          Optional.of(core), Finding.good(Stage.ABLE, "OpenVINO %s".formatted(library.version())));
    } catch (NativeCallException e) {
      return failed(Finding.bad(Stage.ABLE, e.getMessage(), OpenVinoRuntime.remedy(), e));
    }
  }

  private static Loaded failed(Finding finding) {
    return new Loaded(Optional.empty(), finding);
  }

  private static List<Device> devices(ProbeContext context, SharedCore core) {
    Optional<String> set = new OpenVinoSettings(context).device();
    List<String> names = set.map(List::of).orElseGet(() -> core.core().devices());
    List<Device> devices = new ArrayList<>();
    for (String name : names) {
      devices.add(new OpenVinoDevice(info(context, core, name), name, core, context));
    }
    return devices;
  }

  private static DeviceInfo info(ProbeContext context, SharedCore core, String name) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("version", core.library().version());
    properties.put("library", core.library().place());
    DeviceInfo.Kind kind = kind(name);
    if (kind == DeviceInfo.Kind.CPU) {
      properties.put("threads", Integer.toString(context.threads()));
      optional(core.core(), name, "OPTIMIZATION_CAPABILITIES")
          .ifPresent(value -> properties.put("capabilities", value));
    }
    if (kind == DeviceInfo.Kind.GPU
        && optional(core.core(), name, "DEVICE_TYPE").filter("integrated"::equals).isPresent()) {
      properties.put(DeviceInfo.MEMORY, DeviceInfo.SHARED);
    }
    String hardware = optional(core.core(), name, "FULL_DEVICE_NAME").orElse(name);
    long memory = kind == DeviceInfo.Kind.CPU ? context.memoryBudget() : 0;
    return new DeviceInfo(ID + ":" + name, ID, kind, hardware.strip(), memory, properties);
  }

  /** AUTO and HETERO count as the first device that they name. */
  private static DeviceInfo.Kind kind(String name) {
    String first = name.substring(name.indexOf(':') + 1);
    if (first.startsWith("GPU")) {
      return DeviceInfo.Kind.GPU;
    }
    return first.startsWith("NPU") ? DeviceInfo.Kind.NPU : DeviceInfo.Kind.CPU;
  }

  private static Optional<String> optional(Core core, String device, String key) {
    try {
      return Optional.of(core.property(device, key));
    } catch (NativeCallException e) {
      // Not every device tells everything.
      return Optional.empty();
    }
  }
}
