package dev.gatun.cli.command;

import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.detect.Accelerator;
import java.util.LinkedHashMap;
import java.util.Map;

/** GPUs and NPUs of this machine as JSON members. */
final class HardwareMembers {
  private HardwareMembers() {}

  static Map<String, Object> of(HardwareUse use) {
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
