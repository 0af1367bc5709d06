package dev.gatun.cli.command;

import dev.gatun.cli.output.Units;
import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.detect.Accelerator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** GPUs and NPUs of this machine in words and as JSON members. */
final class HardwareLines {
  private HardwareLines() {}

  /** A line that says what uses it, or that nothing does and why; then what to do. */
  static List<String> text(HardwareUse use) {
    List<String> lines = new ArrayList<>();
    boolean used = !use.devices().isEmpty();
    String backend = use.backend().map(id -> id + ": ").orElse("");
    lines.add(
        "%-3s %s: %s"
            .formatted(
                used ? "ok" : "--",
                describe(use.hardware()),
                used ? String.join(", ", use.devices()) : backend + use.reason()));
    if (!use.remedy().isEmpty()) {
      lines.add("      to do: " + use.remedy());
    }
    return lines;
  }

  private static String describe(Accelerator hardware) {
    List<String> facts = new ArrayList<>(List.of(hardware.kind().name()));
    hardware.driver().ifPresent(driver -> facts.add("driver " + driver));
    if (hardware.memoryBytes().isPresent()) {
      facts.add(Units.bytes(hardware.memoryBytes().getAsLong()));
    } else if (hardware.sharesMemory()) {
      facts.add("shares main memory");
    }
    return "%s (%s)".formatted(hardware.name(), String.join(", ", facts));
  }

  static Map<String, Object> members(HardwareUse use) {
    Accelerator hardware = use.hardware();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("kind", hardware.kind().name());
    members.put("vendor", hardware.vendor().label());
    members.put("name", hardware.name());
    members.put("address", hardware.address());
    members.put("sharesMemory", hardware.sharesMemory());
    members.put(
        "memoryBytes",
        hardware.memoryBytes().isPresent() ? hardware.memoryBytes().getAsLong() : null);
    members.put("driver", hardware.driver().orElse(null));
    members.put("backend", use.backend().orElse(null));
    members.put("devices", use.devices());
    members.put("reason", use.reason());
    members.put("remedy", use.remedy());
    return members;
  }
}
