package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.HardwareUse;
import dev.gatun.runtime.spi.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says of hardware and backends whether they can be used here, why not, and what to do. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says of each backend whether it can be used here, why not, and what to do.")
public final class DoctorCommand implements Callable<Integer> {
  @Mixin private RuntimeOptions runtimeOptions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    try (GatunRuntime runtime = runtimeOptions.open()) {
      List<BackendStatus> backends = runtime.backends();
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("machine", Machine.members(runtime));
        members.put("hardware", runtime.hardwareUses().stream().map(HardwareMembers::of).toList());
        members.put("backends", backends.stream().map(DoctorCommand::members).toList());
        members.put(
            "runtimes",
            RuntimeLines.of(runtime, false).stream().map(RuntimeLines::members).toList());
        output.line(Json.document("doctor", 1, members));
        return 0;
      }
      Machine.lines(runtime).forEach(output::line);
      output.line("");
      List<HardwareUse> hardware = runtime.hardwareUses();
      hardware.forEach(use -> use.lines().forEach(output::line));
      if (!hardware.isEmpty()) {
        output.line("");
      }
      for (BackendStatus backend : backends) {
        output.line(
            "%-3s %-12s %s"
                .formatted(backend.able() ? "ok" : "--", backend.id(), backend.description()));
        for (Finding finding : backend.findings()) {
          output.line(
              "      %s: %s%s"
                  .formatted(
                      finding.stage().name().toLowerCase(java.util.Locale.ROOT),
                      finding.good() ? "" : "no; ",
                      finding.reason()));
        }
        if (backend.findings().isEmpty()) {
          output.line("      " + backend.reason());
        }
        backend
            .devices()
            .forEach(device -> output.line("      device " + device.id() + ": " + device.name()));
        if (!backend.remedy().isEmpty()) {
          output.line("      to do: " + backend.remedy());
        }
      }
      runtimes(runtime, output);
      return 0;
    }
  }

  /** Vendors' libraries: which copies are here, and how to have them. */
  private static void runtimes(GatunRuntime runtime, Output output) {
    for (RuntimeLines line : RuntimeLines.of(runtime, false)) {
      output.line("");
      output.line("runtime %s: %s".formatted(line.name(), line.description()));
      line.details().forEach(detail -> output.line("      " + detail));
    }
  }

  private static Map<String, Object> members(BackendStatus backend) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", backend.id());
    members.put("description", backend.description());
    members.put("module", backend.module());
    members.put("present", backend.present());
    members.put("able", backend.able());
    members.put("reason", backend.reason());
    members.put("remedy", backend.remedy());
    members.put(
        "findings",
        backend.findings().stream()
            .map(finding ->
                Map.of(
                    "stage", finding.stage().name(),
                    "good", finding.good(),
                    "reason", finding.reason(),
                    "remedy", finding.remedy()))
            .toList());
    members.put("devices", backend.devices().stream().map(DevicesCommand::members).toList());
    return members;
  }
}
