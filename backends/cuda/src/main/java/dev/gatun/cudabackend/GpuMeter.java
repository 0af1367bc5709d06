package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaDevice;
import dev.gatun.cuda.Loading;
import dev.gatun.cuda.Nvml;
import dev.gatun.cuda.NvmlDevice;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.DeviceCounters;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What NVML tells of one GPU. The library is loaded when somebody first asks, and what came of that
 * is kept. Thread-safe.
 */
final class GpuMeter implements AutoCloseable {
  /** A function is looked up when it is first called. */
  private static final String OLD =
      "the driver lacks a function that tells it; update NVIDIA's driver";

  private final CudaDevice gpu;
  private final LibrarySearch search;
  private boolean asked;
  private Nvml nvml;
  private NvmlDevice device;
  private String missing = "";

  GpuMeter(CudaDevice gpu, ProbeContext context) {
    this.gpu = gpu;
    search = Nvml.search(Settings.NVML_LIBRARY, context.property(Settings.NVML_LIBRARY));
  }

  synchronized DeviceCounters read() {
    if (!asked) {
      asked = true;
      open();
    }
    if (device == null) {
      return DeviceCounters.none(missing);
    }
    try {
      OptionalLong used = device.millijoules();
      return new DeviceCounters(
          used.isPresent() ? OptionalDouble.of(used.getAsLong() / 1e3) : OptionalDouble.empty(),
          used.isPresent() ? "" : "this GPU has no counter of energy (NVML; Volta brought it)",
          scaled(device.megahertz(), 1),
          scaled(device.celsius(), 1),
          scaled(device.milliwattsAtMost(), 1e-3));
    } catch (NativeCallException e) {
      return DeviceCounters.none(e.getMessage());
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      return DeviceCounters.none(OLD);
    }
  }

  private void open() {
    if (search.present().isEmpty()) {
      missing =
          "NVML, a part of NVIDIA's driver, is not there (looked at: %s)"
              .formatted(String.join(", ", search.tried()));
      return;
    }
    Loading<Nvml> loading = Nvml.load(search);
    if (loading.library().isEmpty()) {
      missing = "NVML does not work: " + String.join("; ", loading.failures());
      return;
    }
    nvml = loading.library().get();
    try {
      device = nvml.device(gpu.pciBusId());
    } catch (NativeCallException e) {
      missing = e.getMessage();
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      missing = OLD;
    }
  }

  private static OptionalDouble scaled(OptionalInt number, double scale) {
    return number.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number.getAsInt() * scale);
  }

  @Override
  public synchronized void close() {
    asked = true;
    device = null;
    missing = "the device is closed";
    if (nvml != null) {
      nvml.close();
    }
  }
}
