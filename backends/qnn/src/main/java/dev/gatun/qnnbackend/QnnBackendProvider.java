package dev.gatun.qnnbackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.qnn.Qnn;
import dev.gatun.qnn.RpcMemory;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.SelfTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backend {@code qnn}: Snapdragon NPUs, and on x86-64 their simulator. Present where Qualcomm's
 * libraries are; able when the NPU's loads, has the core API that the bindings know, and adds two
 * vectors.
 */
public final class QnnBackendProvider implements BackendProvider {
  static final String ID = "qnn";

  private static final String NATIVE_ACCESS =
      "start Java with --enable-native-access=dev.gatun.qnn,dev.gatun.ffi"
          + " (ALL-UNNAMED when Gatun is on the class path)";

  /** For {@link java.util.ServiceLoader}. */
  public QnnBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(QnnRuntime.REQUIREMENT);
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new QnnSelfTest());
  }

  @Override
  public Probe probe(ProbeContext context) {
    Finding present = present(context);
    if (!present.good()) {
      return new Probe(ID, List.of(present), List.of());
    }
    Loaded loaded = load(context);
    if (loaded.npu().isEmpty()) {
      return new Probe(ID, List.of(present, loaded.finding()), List.of());
    }
    List<Device> devices = new ArrayList<>();
    devices.add(device(context, Unit.HTP, loaded.npu().get()));
    for (Unit unit : List.of(Unit.GPU, Unit.CPU)) {
      beside(context, unit, loaded.npu().get().library())
          .ifPresent(opened -> devices.add(device(context, unit, opened)));
    }
    return new Probe(ID, List.of(present, loaded.finding()), devices);
  }

  /** A cheap look. */
  static Finding present(ProbeContext context) {
    LibrarySearch search = QnnRuntime.search(context);
    Optional<String> place = search.present();
    if (place.isPresent()) {
      return Finding.good(Stage.PRESENT, place.get());
    }
    String problems = QnnRuntime.problems(context);
    String tried = String.join(", ", search.tried());
    return Finding.bad(
        Stage.PRESENT,
        "Qualcomm's libraries are not here"
            + (tried.isEmpty() ? "" : " (looked at: " + tried + ")")
            + (problems.isEmpty() ? "" : "; " + problems),
        QnnRuntime.remedy());
  }

  /**
   * What came of loading the NPU's library.
   *
   * @param npu empty when it failed
   */
  record Loaded(Optional<SharedQnn.Opened> npu, Finding finding) {}

  /** Loads the NPU's library, and opens it once per runtime. */
  static Loaded load(ProbeContext context) {
    Optional<String> problem = new QnnSettings(context).problem();
    if (problem.isPresent()) {
      return failed(Finding.bad(Stage.ABLE, problem.get(), "correct it, or leave it out"));
    }
    Qnn.Lookup lookup;
    try {
      lookup = Qnn.load(QnnRuntime.search(context));
    } catch (IllegalCallerException e) {
      return failed(
          Finding.bad(
              Stage.ABLE, "this JVM denies native access: " + e.getMessage(), NATIVE_ACCESS, e));
    }
    if (lookup.qnn().isEmpty()) {
      return failed(
          Finding.bad(
              Stage.ABLE,
              "QNN's library does not load: " + String.join("; ", lookup.failures()),
              QnnRuntime.remedy()));
    }
    SharedQnn shared = context.shared(SharedQnn.class, SharedQnn::new);
    if (new QnnSettings(context).sharesMemory()) {
      try {
        shared.memory();
      } catch (UnsatisfiedLinkError e) {
        return failed(
            Finding.bad(
                Stage.ABLE,
                "%s is shared, and there is no such memory: %s"
                    .formatted(QnnSettings.MEMORY, e.getMessage()),
                "leave the setting out; memory is shared with an NPU of Linux or Android",
                e));
      }
    }
    try {
      SharedQnn.Opened opened = shared.open(lookup.qnn().get());
      return new Loaded(
          Optional.of(opened),
          Finding.good(Stage.ABLE, "QNN %s".formatted(opened.library().buildId())));
    } catch (NativeCallException e) {
      return failed(Finding.bad(Stage.ABLE, e.getMessage(), QnnRuntime.remedy(), e));
    }
  }

  private static Loaded failed(Finding finding) {
    return new Loaded(Optional.empty(), finding);
  }

  /** The library of another processor beside the NPU's; empty where it does not open. */
  private static Optional<SharedQnn.Opened> beside(ProbeContext context, Unit unit, Qnn npu) {
    Path file =
        Path.of(npu.place()).resolveSibling(unit.library(Platform.current().startsWith("windows")));
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Optional<Qnn> library =
        Qnn.load(new LibrarySearch("QNN").candidate("beside the NPU's", file)).qnn();
    try {
      return library.map(context.shared(SharedQnn.class, SharedQnn::new)::open);
    } catch (NativeCallException e) {
      // There is no such processor here.
      return Optional.empty();
    }
  }

  private static Device device(ProbeContext context, Unit unit, SharedQnn.Opened opened) {
    return device(context, unit, opened, Platform.current().endsWith("x86_64"));
  }

  /** A device of an opened library, which simulates one or not. */
  static Device device(
      ProbeContext context, Unit unit, SharedQnn.Opened opened, boolean simulated) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("version", opened.library().buildId());
    properties.put("library", opened.library().place());
    if (simulated) {
      properties.put(DeviceInfo.EMULATED, "Qualcomm's simulator");
    } else {
      properties.put(DeviceInfo.MEMORY, DeviceInfo.SHARED);
    }
    DeviceInfo info =
        new DeviceInfo(ID + ":" + unit, ID, unit.kind(), unit.hardware(simulated), 0, properties);
    // A simulator is slow, and an NPU has not been run on.
    int preference = simulated ? Preference.BY_NAME : Preference.ON_REQUEST;
    var settings = new QnnSettings(context);
    Optional<RpcMemory> memory =
        settings.sharesMemory()
            ? Optional.of(context.shared(SharedQnn.class, SharedQnn::new).memory())
            : Optional.empty();
    return new QnnDevice(new Target(info, opened, memory, settings), preference);
  }
}
