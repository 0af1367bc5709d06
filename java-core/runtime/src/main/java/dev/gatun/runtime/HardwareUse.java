package dev.gatun.runtime;

import dev.gatun.runtime.detect.Accelerator;
import dev.gatun.runtime.detect.Accelerator.Problem;
import dev.gatun.runtime.spi.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What becomes of one GPU or NPU of this machine.
 *
 * @param backend id of the backend that uses it or would; empty when none of the product does
 * @param devices ids of that backend's devices of this kind; empty while it cannot use it
 * @param reason what is missing; empty when it is used
 * @param remedy what the user can do; empty when it is used or nothing helps
 */
public record HardwareUse(
    Accelerator hardware,
    Optional<String> backend,
    List<String> devices,
    String reason,
    String remedy) {
  public HardwareUse {
    devices = List.copyOf(devices);
  }

  /** A line that says what uses it, or that nothing does and why; then what to do. */
  public List<String> lines() {
    boolean used = !devices.isEmpty();
    String first =
        "%-3s %s: %s"
            .formatted(
                used ? "ok" : "--",
                description(),
                used
                    ? String.join(", ", devices)
                    : backend.map(id -> id + ": ").orElse("") + reason);
    return remedy.isEmpty() ? List.of(first) : List.of(first, "      to do: " + remedy);
  }

  private String description() {
    List<String> facts = new ArrayList<>(List.of(hardware.kind().name()));
    hardware.driver().ifPresent(driver -> facts.add("driver " + driver));
    if (hardware.memoryBytes().isPresent()) {
      double gib = hardware.memoryBytes().getAsLong() / (double) (1L << 30);
      facts.add(String.format(Locale.ROOT, "%.1f GiB", gib));
    } else if (hardware.sharesMemory()) {
      facts.add("in main memory");
    }
    return "%s (%s)".formatted(hardware.name(), String.join(", ", facts));
  }

  /**
   * Looks for the backend of some hardware.
   *
   * @param backends as they were probed
   */
  static HardwareUse of(Accelerator hardware, List<BackendStatus> backends) {
    Optional<KnownBackend> known =
        KnownBackend.ALL.stream().filter(entry -> entry.use(hardware).isPresent()).findFirst();
    if (known.isEmpty()) {
      return new HardwareUse(
          hardware, Optional.empty(), List.of(), "no backend of Gatun uses it", "");
    }
    BackendStatus status =
        backends.stream()
            .filter(backend -> backend.id().equals(known.get().id()))
            .findFirst()
            .orElseThrow();
    List<String> devices =
        status.devices().stream()
            .filter(device -> device.kind() == hardware.kind())
            .map(DeviceInfo::id)
            .toList();
    if (!devices.isEmpty()) {
      return new HardwareUse(hardware, Optional.of(status.id()), devices, "", "");
    }
    Problem missing = missing(hardware, status);
    return new HardwareUse(
        hardware, Optional.of(status.id()), List.of(), missing.reason(), missing.remedy());
  }

  /** What keeps a backend from some hardware: what the system tells, else the backend's finding. */
  private static Problem missing(Accelerator hardware, BackendStatus status) {
    if (hardware.problem().isPresent()) {
      return hardware.problem().get();
    }
    return status.able()
        ? new Problem(
            "%s does not see it".formatted(status.id()),
            "install the vendor's library that the backend needs for this kind of hardware; its"
                + " README names it")
        : new Problem(status.reason(), status.remedy());
  }
}
