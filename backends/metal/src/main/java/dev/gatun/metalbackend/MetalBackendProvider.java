package dev.gatun.metalbackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.gpuengine.GpuDevice;
import dev.gatun.metal.Metal;
import dev.gatun.runtime.Settings;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The backend {@code metal}: Apple's GPUs, {@code metal:0} and so on. Present on macOS; able when a
 * kernel computes what it should. Not run on device.
 */
public final class MetalBackendProvider implements BackendProvider {
  static final String ID = "metal";

  /** For {@link java.util.ServiceLoader}. */
  public MetalBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  /** None: Metal is part of macOS. */
  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new MetalSelfTest());
  }

  static Finding present(ProbeContext context) {
    Optional<String> library = context.property(Settings.METAL_LIBRARY);
    if (library.isPresent()) {
      return Finding.good(Stage.PRESENT, Settings.METAL_LIBRARY + " is " + library.get());
    }
    return Platform.os().equals("macos")
        ? Finding.good(Stage.PRESENT, "Metal is part of macOS")
        : Finding.bad(
            Stage.PRESENT,
            "Metal is part of macOS, and this is " + Platform.current(),
            "use another backend; `gatun devices` lists what runs here");
  }

  @Override
  public Probe probe(ProbeContext context) {
    Finding present = present(context);
    if (!present.good()) {
      return new Probe(ID, List.of(present), List.of());
    }
    List<Metal> gpus;
    try {
      gpus = Metal.open(context.property(Settings.METAL_LIBRARY));
    } catch (IllegalCallerException e) {
      return unable(
          present,
          "this JVM denies native access: " + e.getMessage(),
          "start Java with --enable-native-access=dev.gatun.metal,dev.gatun.ffi"
              + " (ALL-UNNAMED when Gatun is on the class path)",
          e);
    } catch (NativeCallException | UnsatisfiedLinkError e) {
      return unable(
          present,
          e.getMessage(),
          "Metal needs macOS 12 or later on a Mac with a GPU; where "
              + Settings.METAL_LIBRARY
              + " is set, unset it",
          e);
    }
    List<Device> devices = new ArrayList<>();
    for (Metal gpu : gpus) {
      boolean indirect = RecordingChoice.indirect(gpu, context.property(RecordingChoice.SETTING));
      DeviceInfo info = info(ID + ":" + devices.size(), gpu, indirect);
      var driver = new MetalGpu(gpu, info.id(), indirect);
      devices.add(new GpuDevice(info, Preference.GPU_KERNELS, driver, context));
    }
    String names =
        devices.stream().map(each -> each.info().name()).collect(Collectors.joining(", "));
    return new Probe(ID, List.of(present, Finding.good(Stage.ABLE, names)), devices);
  }

  private static Probe unable(Finding present, String reason, String remedy, Throwable cause) {
    return new Probe(
        ID, List.of(present, Finding.bad(Stage.ABLE, reason, remedy, cause)), List.of());
  }

  private static DeviceInfo info(String id, Metal gpu, boolean indirect) {
    Map<String, String> properties = new LinkedHashMap<>();
    if (gpu.unified()) {
      properties.put(DeviceInfo.MEMORY, DeviceInfo.SHARED);
    }
    properties.put("repeated work", RecordingChoice.describe(indirect));
    properties.put("threads of a group", Long.toString(gpu.maxThreads()));
    return new DeviceInfo(
        id, ID, DeviceInfo.Kind.GPU, gpu.name(), gpu.workingSetBytes(), properties);
  }
}
