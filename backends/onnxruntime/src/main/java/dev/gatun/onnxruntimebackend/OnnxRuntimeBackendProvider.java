package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.EpDevice;
import dev.gatun.runtime.detect.HardwareDetector;
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
 * The backend {@code onnxruntime}: the library's own execution provider for CPUs, and those of
 * plug-in libraries that the user names.
 */
public final class OnnxRuntimeBackendProvider implements BackendProvider {
  static final String ID = "onnxruntime";

  public OnnxRuntimeBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(RuntimeSearch.REQUIREMENT, GpuRuntime.REQUIREMENT);
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new OrtSelfTest());
  }

  @Override
  public Probe probe(ProbeContext context) {
    Host host;
    try {
      host = context.shared(Host.class, () -> Host.open(context));
    } catch (IllegalCallerException e) {
      return new Probe(
          ID,
          List.of(
              Finding.bad(
                  Stage.ABLE,
                  "this JVM denies native access: " + e.getMessage(),
                  "start Java with --enable-native-access=dev.gatun.onnxruntime,dev.gatun.ffi"
                      + " (ALL-UNNAMED when Gatun is on the class path)",
                  e)),
          List.of());
    }
    List<Device> devices = new ArrayList<>();
    // First: where the backend is named, and not a device, its order counts.
    Target.Selected.of(context)
        .ifPresent(selected ->
            devices.add(new OrtDevice(info(selected, host, context), host, selected, context)));
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (EpDevice device : host.devices()) {
      String unit = unit(device);
      int index = seen.merge(unit, 1, Integer::sum) - 1;
      String id = ID + ":" + unit + (index == 0 ? "" : "-" + index);
      var target =
          new Target.One(
              device, PlugIn.options(context, device.provider(), device.providerMetadata()));
      devices.add(new OrtDevice(info(id, device, host, context), host, target, context));
    }
    Finding able =
        Finding.good(
            Stage.ABLE,
            "ONNX Runtime %s, %s"
                .formatted(
                    host.runtime().version(),
                    String.join(", ", devices.stream().map(each -> each.info().id()).toList())));
    return new Probe(ID, List.of(able), devices);
  }

  /** {@code CPU} for the library's own provider; {@code QNN-NPU} for others. */
  private static String unit(EpDevice device) {
    String provider = PlugIn.shortName(device.provider());
    return provider.equalsIgnoreCase(device.kind().name())
        ? provider
        : provider + "-" + device.kind().name();
  }

  private static DeviceInfo info(String id, EpDevice device, Host host, ProbeContext context) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("provider", device.provider());
    properties.put("onnxruntime", host.runtime().version());
    properties.put("threads", Integer.toString(context.threads()));
    device.metadata().forEach(properties::putIfAbsent);
    boolean cpu = device.kind() == EpDevice.Kind.CPU;
    String name = cpu ? processor() : (device.vendor() + " " + device.kind()).strip();
    return new DeviceInfo(
        id,
        ID,
        switch (device.kind()) {
          case CPU -> DeviceInfo.Kind.CPU;
          case GPU -> DeviceInfo.Kind.GPU;
          case NPU -> DeviceInfo.Kind.NPU;
        },
        name,
        cpu ? context.memoryBudget() : 0,
        properties);
  }

  private static String processor() {
    return HardwareDetector.detect().cpu().model().orElse("CPU");
  }

  /**
   * The device that stands for all that the library may select; nodes' placement tells the rest.
   */
  private static DeviceInfo info(Target.Selected selected, Host host, ProbeContext context) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("selection", selected.text());
    properties.put("onnxruntime", host.runtime().version());
    properties.put("threads", Integer.toString(context.threads()));
    return new DeviceInfo(
        ID + ":AUTO",
        ID,
        DeviceInfo.Kind.CPU,
        processor() + " and what the library selects",
        context.memoryBudget(),
        properties);
  }
}
