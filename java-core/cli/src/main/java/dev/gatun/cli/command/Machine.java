package dev.gatun.cli.command;

import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.detect.Hardware;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** This machine in words and as JSON members. */
final class Machine {
  private static final List<String> SHOWN_FEATURES =
      List.of(
          "avx2",
          "fma",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512_vnni",
          "avx512_bf16",
          "amx_int8",
          "asimd",
          "asimddp",
          "i8mm",
          "bf16",
          "sve");

  private Machine() {}

  static List<String> lines(GatunRuntime runtime) {
    Hardware hardware = runtime.hardware();
    List<String> lines = new ArrayList<>();
    lines.add(
        "machine   %s %s, %s, %s of %s cores, %d threads"
            .formatted(
                hardware.os(),
                hardware.arch(),
                hardware.cpu().model().orElse("unknown processor"),
                hardware.limits().affinity().isEmpty()
                    ? "all"
                    : hardware.limits().affinity().size(),
                hardware.cpu().physicalCores().isPresent()
                    ? hardware.cpu().physicalCores().getAsInt()
                    : "unknown",
                runtime.threads()));
    place(hardware.surroundings()).ifPresent(text -> lines.add("board     " + text));
    lines.add("vectors   " + String.join(" ", features(hardware)));
    lines.add(
        "memory    %s, %s available, %s for Gatun"
            .formatted(
                bytes(hardware.memory().total()),
                bytes(hardware.memory().available()),
                Units.bytes(runtime.memoryBudget())));
    lines.add(
        "java      %s %s"
            .formatted(System.getProperty("java.vendor"), System.getProperty("java.version")));
    lines.add("home      " + runtime.settings().home());
    return lines;
  }

  static Map<String, Object> members(GatunRuntime runtime) {
    Hardware hardware = runtime.hardware();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("os", hardware.os());
    members.put("arch", hardware.arch());
    members.put("board", hardware.surroundings().board().orElse(null));
    members.put("place", hardware.surroundings().place().name());
    members.put("cpu", hardware.cpu().model().orElse(null));
    members.put(
        "physicalCores",
        hardware.cpu().physicalCores().isPresent()
            ? hardware.cpu().physicalCores().getAsInt()
            : null);
    members.put("features", List.copyOf(hardware.cpu().features()));
    members.put("threads", runtime.threads());
    members.put("memoryBytes", value(hardware.memory().total()));
    members.put("memoryBudget", runtime.memoryBudget());
    members.put("java", System.getProperty("java.version"));
    members.put("home", runtime.settings().home().toString());
    members.put("offline", runtime.settings().offline());
    return members;
  }

  private static Optional<String> place(Hardware.Surroundings surroundings) {
    String around =
        switch (surroundings.place()) {
          case MACHINE -> "";
          case CONTAINER -> "in a container";
          case WSL -> "in the Windows Subsystem for Linux";
          case ANDROID -> "Android";
        };
    List<String> words =
        Stream.of(surroundings.board().orElse(""), around).filter(t -> !t.isEmpty()).toList();
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
  }

  private static List<String> features(Hardware hardware) {
    Set<String> features = hardware.cpu().features();
    return SHOWN_FEATURES.stream().filter(features::contains).toList();
  }

  private static Long value(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  private static String bytes(OptionalLong number) {
    return number.isPresent() ? Units.bytes(number.getAsLong()) : "unknown";
  }
}
