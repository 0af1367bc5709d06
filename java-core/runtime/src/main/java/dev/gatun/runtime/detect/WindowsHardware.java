package dev.gatun.runtime.detect;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Windows: environment variables, the registry by {@code reg query}, and one question to the
 * management service for the number of cores. Tested on recorded output only.
 */
final class WindowsHardware {
  private static final String PROCESSOR =
      "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0";
  private static final String BOARD = "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS";
  private static final Pattern VALUE = Pattern.compile("\\s+(\\w+)\\s+REG_SZ\\s+(.*?)\\s*");

  private final Commands commands;
  private final Function<String, Optional<String>> environment;

  WindowsHardware(Commands commands, Function<String, Optional<String>> environment) {
    this.commands = commands;
    this.environment = environment;
  }

  Hardware detect(String arch, OptionalLong memory) {
    Hardware.Limits limits =
        new Hardware.Limits(List.of(), OptionalDouble.empty(), OptionalLong.empty());
    OptionalInt cores = cores();
    return new Hardware(
        "windows",
        arch,
        new Hardware.Cpu(
            vendor(),
            registry(PROCESSOR, "ProcessorNameString"),
            cores,
            count(environment.apply("NUMBER_OF_PROCESSORS")),
            new TreeSet<>(),
            List.of()),
        new Hardware.Memory(memory, OptionalLong.empty()),
        limits,
        Threads.recommended(cores, limits),
        new Hardware.Surroundings(
            registry(BOARD, "SystemProductName"), Hardware.Surroundings.Place.MACHINE));
  }

  private Optional<String> vendor() {
    return registry(PROCESSOR, "VendorIdentifier")
        .or(() -> environment.apply("PROCESSOR_IDENTIFIER"))
        .map(text ->
            text.contains("GenuineIntel")
                ? "Intel"
                : text.contains("AuthenticAMD")
                    ? "AMD"
                    : text.contains("Qualcomm") || text.startsWith("ARM") ? "Qualcomm" : text);
  }

  private Optional<String> registry(String key, String name) {
    return commands.output(List.of("reg", "query", key, "/v", name)).stream()
        .flatMap(String::lines)
        .map(VALUE::matcher)
        .filter(Matcher::matches)
        .filter(match -> match.group(1).equals(name))
        .map(match -> match.group(2))
        .findFirst();
  }

  private OptionalInt cores() {
    return count(
        commands.output(
            List.of(
                "powershell",
                "-NoProfile",
                "-NonInteractive",
                "-Command",
                "(Get-CimInstance Win32_Processor | Measure-Object NumberOfCores -Sum).Sum")));
  }

  private static OptionalInt count(Optional<String> text) {
    OptionalLong number = text.map(SmallFiles::parse).orElse(OptionalLong.empty());
    return number.isPresent() && number.getAsLong() > 0 && number.getAsLong() < 1 << 16
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }
}
