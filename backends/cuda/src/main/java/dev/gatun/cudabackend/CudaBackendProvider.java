package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaDevice;
import dev.gatun.gpuengine.GpuDevice;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
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

/**
 * The backend {@code cuda}: NVIDIA GPUs, {@code cuda:0} and so on. Present where the driver is;
 * able when driver and NVRTC load, fit each other, and a kernel computes what it should.
 */
public final class CudaBackendProvider implements BackendProvider {
  static final String ID = "cuda";

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(CudaRuntime.NVRTC, CudaRuntime.CUBLAS);
  }

  @Override
  public Optional<SelfTest> selfTest() {
    return Optional.of(new CudaSelfTest());
  }

  @Override
  public Probe probe(ProbeContext context) {
    Finding present = CudaLibraries.present(context);
    if (!present.good()) {
      return new Probe(ID, List.of(present), List.of());
    }
    CudaLibraries.Outcome loaded = CudaLibraries.load(context);
    if (loaded.libraries().isEmpty()) {
      return new Probe(ID, List.of(present, loaded.finding()), List.of());
    }
    CudaLibraries libraries = loaded.libraries().get();
    List<Device> devices = new ArrayList<>();
    for (CudaGpu gpu : gpus(libraries, context)) {
      devices.add(device(gpu, libraries, context));
    }
    return new Probe(ID, List.of(present, loaded.finding()), devices);
  }

  /** The GPUs, opened. */
  static List<CudaGpu> gpus(CudaLibraries libraries, ProbeContext context) {
    KernelCompiler compiler =
        new KernelCompiler(
            libraries.nvrtc(), new ImageCache(context.home().resolve("cache").resolve("cubins")));
    return libraries.devices().stream()
        .map(device -> new CudaGpu(device, id(device), compiler, new GpuMeter(device, context)))
        .toList();
  }

  /** An opened GPU as the runtime sees it, which closes it. */
  static Device device(CudaGpu gpu, CudaLibraries libraries, ProbeContext context) {
    return new GpuDevice(info(gpu.device(), libraries), Preference.GPU_KERNELS, gpu, context);
  }

  private static String id(CudaDevice device) {
    return ID + ":" + device.ordinal();
  }

  private static DeviceInfo info(CudaDevice device, CudaLibraries libraries) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("architecture", "sm_" + device.capability());
    properties.put("units", Integer.toString(device.multiprocessors()));
    properties.put("driver", "CUDA " + libraries.driver().version());
    properties.put("compiler", "NVRTC " + libraries.nvrtc().version());
    properties.put("library", libraries.driver().place());
    if (device.integrated()) {
      properties.put(DeviceInfo.MEMORY, DeviceInfo.SHARED);
    }
    return new DeviceInfo(
        id(device), ID, DeviceInfo.Kind.GPU, device.name(), device.memory(), properties);
  }
}
