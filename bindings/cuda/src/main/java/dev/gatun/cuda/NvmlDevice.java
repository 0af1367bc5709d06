package dev.gatun.cuda;

import dev.gatun.cuda.generated.nvml.nvml_h;
import dev.gatun.ffi.NativeCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One GPU as NVML sees it: the whole GPU, whoever uses it. What a GPU does not offer is empty;
 * other errors are {@link NativeCallException}s. Thread-safe; of no use after its {@link Nvml} was
 * closed.
 */
public final class NvmlDevice {
  private final Nvml nvml;
  private final MemorySegment handle;

  NvmlDevice(Nvml nvml, MemorySegment handle) {
    this.nvml = nvml;
    this.handle = handle;
  }

  /** A function of NVML that stores one number. */
  @FunctionalInterface
  private interface Query {
    int store(MemorySegment out);
  }

  /**
   * Energy used since the driver was loaded, millijoules. Empty before Volta. The GPU refreshes it
   * some ten times a second.
   */
  public OptionalLong millijoules() {
    return number(
        "nvmlDeviceGetTotalEnergyConsumption",
        out -> nvml_h.nvmlDeviceGetTotalEnergyConsumption(handle, out));
  }

  /** What it may draw at most, milliwatts: the lowest of all limits in force. */
  public OptionalInt milliwattsAtMost() {
    return small(
        "nvmlDeviceGetEnforcedPowerLimit",
        out -> nvml_h.nvmlDeviceGetEnforcedPowerLimit(handle, out));
  }

  /** The clock of its multiprocessors now, MHz. */
  public OptionalInt megahertz() {
    return small(
        "nvmlDeviceGetClockInfo",
        out -> nvml_h.nvmlDeviceGetClockInfo(handle, nvml_h.NVML_CLOCK_SM(), out));
  }

  /** The temperature of its die now, °C. */
  public OptionalInt celsius() {
    return small(
        "nvmlDeviceGetTemperature",
        out -> nvml_h.nvmlDeviceGetTemperature(handle, nvml_h.NVML_TEMPERATURE_GPU(), out));
  }

  private OptionalInt small(String function, Query query) {
    OptionalLong number = number(function, query);
    return number.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(number.getAsLong()));
  }

  /** Numbers of 32 bits fill the lower half of the place, which is zero before. */
  private OptionalLong number(String function, Query query) {
    synchronized (nvml) {
      nvml.requireOpen();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
        int code = query.store(out);
        if (code == nvml_h.NVML_ERROR_NOT_SUPPORTED()) {
          return OptionalLong.empty();
        }
        Nvml.check(function, code);
        return OptionalLong.of(out.get(ValueLayout.JAVA_LONG, 0));
      }
    }
  }
}
