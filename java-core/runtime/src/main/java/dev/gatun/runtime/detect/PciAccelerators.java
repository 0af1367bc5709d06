package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Accelerator.Problem;
import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GPUs and NPUs on Linux's PCI bus: each device's {@code uevent} names its class, its numbers and
 * its driver (kernel documentation, sysfs-pci); NVIDIA's driver tells more under {@code
 * /proc/driver/nvidia} (its README, "Using the /proc file system interface").
 */
final class PciAccelerators {
  private static final String DEVICES = "sys/bus/pci/devices/";
  private static final String NVIDIA = "proc/driver/nvidia/";

  private static final int DISPLAY = 0x03;
  private static final int ACCELERATOR = 0x12;

  /** AMD's NPUs call themselves signal processing controllers, as other things do. */
  private static final Set<String> AMD_NPUS = Set.of("1502", "17f0");

  private static final Pattern NVIDIA_VERSION =
      Pattern.compile("NVRM version:.*?\\s(\\d+\\.\\d+(?:\\.\\d+)?)\\s.*", Pattern.DOTALL);

  private final SmallFiles files;
  private final DriverCheck check;

  PciAccelerators(SmallFiles files, DriverCheck check) {
    this.files = files;
    this.check = check;
  }

  List<Accelerator> detect() {
    List<Accelerator> found = new ArrayList<>();
    for (String address : files.names(DEVICES)) {
      Map<String, String> event = event(files, DEVICES + address + "/uevent");
      String[] ids = event.getOrDefault("PCI_ID", "").toLowerCase(Locale.ROOT).split(":", -1);
      if (ids.length == 2) {
        device(address, event, ids[0], ids[1]).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Lines {@code KEY=VALUE}. */
  static Map<String, String> event(SmallFiles files, String path) {
    Map<String, String> values = new HashMap<>();
    for (String line : files.lines(path)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  private Optional<Accelerator> device(
      String address, Map<String, String> event, String vendorId, String deviceId) {
    Optional<Vendor> vendor =
        Optional.ofNullable(
            switch (vendorId) {
              case "10de" -> Vendor.NVIDIA;
              case "8086" -> Vendor.INTEL;
              case "1002", "1022" -> Vendor.AMD;
              default -> null;
            });
    Optional<Kind> kind = kind(vendorId, deviceId, event.getOrDefault("PCI_CLASS", ""));
    if (vendor.isEmpty() || kind.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> driver = Optional.ofNullable(event.get("DRIVER"));
    Optional<Problem> problem =
        check.check(vendor.get(), kind.get(), driver, nodes(address, vendor.get(), kind.get()));
    return Optional.of(
        new Accelerator(
            kind.get(),
            vendor.get(),
            name(address, vendor.get(), kind.get(), vendorId, deviceId),
            address,
            kind.get() == Kind.NPU || isOnChip(address, vendor.get()),
            files.number(DEVICES + address + "/mem_info_vram_total"),
            driver.map(this::version),
            problem));
  }

  /** {@code PCI_CLASS} is a hexadecimal number of six digits, leading zeros left out. */
  private static Optional<Kind> kind(String vendor, String device, String text) {
    int classCode;
    try {
      classCode = Integer.parseInt(text, 16);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return switch (classCode >> 16) {
      case DISPLAY -> Optional.of(Kind.GPU);
      case ACCELERATOR -> Optional.of(Kind.NPU);
      default ->
          vendor.equals("1022") && AMD_NPUS.contains(device)
              ? Optional.of(Kind.NPU)
              : Optional.empty();
    };
  }

  /** Intel's GPUs in processors are on the first bus; its cards are behind a bridge. */
  private static boolean isOnChip(String address, Vendor vendor) {
    return vendor == Vendor.INTEL && address.startsWith("0000:00:");
  }

  private List<String> nodes(String address, Vendor vendor, Kind kind) {
    if (vendor == Vendor.NVIDIA) {
      return List.of("dev/nvidiactl");
    }
    String folder = kind == Kind.NPU ? "accel" : "drm";
    String prefix = kind == Kind.NPU ? "accel" : "renderD";
    String parent = kind == Kind.NPU ? "dev/accel/" : "dev/dri/";
    return files.names(DEVICES + address + "/" + folder).stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> parent + name)
        .toList();
  }

  private String name(String address, Vendor vendor, Kind kind, String vendorId, String deviceId) {
    if (vendor == Vendor.NVIDIA) {
      for (String line : files.lines(NVIDIA + "gpus/" + address + "/information")) {
        if (line.startsWith("Model:")) {
          return line.substring("Model:".length()).strip();
        }
      }
    }
    return new PciNames(files)
        .device(vendorId, deviceId)
        .map(name -> vendor.label() + " " + name)
        .orElseGet(() -> "%s %s %s:%s".formatted(vendor.label(), kind, vendorId, deviceId));
  }

  private String version(String driver) {
    Optional<String> version = files.text("sys/module/" + driver + "/version");
    if (driver.equals("nvidia") && version.isEmpty()) {
      version =
          files
              .text(NVIDIA + "version")
              .map(NVIDIA_VERSION::matcher)
              .filter(Matcher::matches)
              .map(match -> match.group(1));
    }
    return version.map(text -> driver + " " + text).orElse(driver);
  }
}
