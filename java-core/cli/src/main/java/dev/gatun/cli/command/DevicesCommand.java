package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.cli.output.Table;
import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the devices that models can run on, and hardware that nothing uses. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Lists the devices that models can run on here, and hardware that nothing uses.")
public final class DevicesCommand implements Callable<Integer> {
  @Mixin private RuntimeOptions runtimeOptions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      List<DeviceInfo> devices = runtime.devices().stream().map(Device::info).toList();
      List<HardwareUse> hardware = runtime.hardwareUses();
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("devices", devices.stream().map(DevicesCommand::members).toList());
        members.put("hardware", hardware.stream().map(HardwareMembers::of).toList());
        output.line(Json.document("devices", 1, members));
        return 0;
      }
      if (devices.isEmpty()) {
        output.note("No backend can run anything here; `gatun doctor` says why.");
        idle(hardware, output);
        return 0;
      }
      var table = new Table("DEVICE", "KIND", "NAME", "MEMORY", "FACTS");
      for (DeviceInfo device : devices) {
        table.row(
            device.id(),
            device.kind(),
            device.name(),
            device.memoryBytes() == 0 ? "unknown" : Units.bytes(device.memoryBytes()),
            String.join(
                ", ",
                device.properties().entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .toList()));
      }
      output.text(table.toText());
      idle(hardware, output);
      return 0;
    }
  }

  /** Hardware that nothing uses. */
  private static void idle(List<HardwareUse> hardware, Output output) {
    List<HardwareUse> idle = hardware.stream().filter(use -> use.devices().isEmpty()).toList();
    if (!idle.isEmpty()) {
      output.line("");
      idle.forEach(use -> use.lines().forEach(output::line));
    }
  }

  static Map<String, Object> members(DeviceInfo device) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", device.id());
    members.put("backend", device.backend());
    members.put("kind", device.kind().name());
    members.put("name", device.name());
    members.put("memoryBytes", device.memoryBytes());
    members.put("properties", device.properties());
    return members;
  }
}
