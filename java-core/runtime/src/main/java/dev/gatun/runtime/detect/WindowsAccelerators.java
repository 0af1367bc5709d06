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
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GPUs and NPUs of Windows by the registry's entries of device classes: adapters of the class
 * Display and processors of the class ComputeAccelerator (Microsoft, "System-defined device setup
 * classes"), numbered from 0000. Tested on recorded output only.
 */
final class WindowsAccelerators {
  private static final String CLASSES = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Class\\";
  private static final String DISPLAY = "{4d36e968-e325-11ce-bfc1-08002be10318}";
  private static final String COMPUTE = "{f01a9d53-3ff6-48d2-9f97-c8a7004be10c}";
  private static final int MOST = 16;
  private static final Pattern VALUE =
      Pattern.compile("\\s+(\\S+)\\s+REG_(?:SZ|DWORD|QWORD)\\s+(.*?)\\s*");

  private final Commands commands;

  WindowsAccelerators(Commands commands) {
    this.commands = commands;
  }

  List<Accelerator> detect() {
    List<Accelerator> found = new ArrayList<>();
    list(Kind.GPU, DISPLAY, found);
    list(Kind.NPU, COMPUTE, found);
    return found;
  }

  private void list(Kind kind, String deviceClass, List<Accelerator> found) {
    for (int number = 0; number < MOST; number++) {
      String key = CLASSES + deviceClass + "\\%04d".formatted(number);
      Optional<String> output = commands.output(List.of("reg", "query", key));
      if (output.isEmpty()) {
        return;
      }
      Map<String, String> values = new HashMap<>();
      output
          .get()
          .lines()
          .map(VALUE::matcher)
          .filter(Matcher::matches)
          .forEach(match -> values.put(match.group(1), match.group(2)));
      accelerator(kind, values).ifPresent(found::add);
    }
  }

  private static Optional<Accelerator> accelerator(Kind kind, Map<String, String> values) {
    String hardware = values.getOrDefault("MatchingDeviceId", "").toLowerCase(Locale.ROOT);
    Optional<Vendor> vendor =
        Optional.ofNullable(
            hardware.contains("ven_10de")
                ? Vendor.NVIDIA
                : hardware.contains("ven_8086")
                    ? Vendor.INTEL
                    : hardware.contains("ven_1002") || hardware.contains("ven_1022")
                        ? Vendor.AMD
                        : hardware.contains("qcom") ? Vendor.QUALCOMM : null);
    return vendor.map(maker ->
        new Accelerator(
            kind,
            maker,
            values.getOrDefault("DriverDesc", maker.label() + " " + kind),
            "",
            maker == Vendor.QUALCOMM || kind == Kind.NPU,
            maker == Vendor.QUALCOMM
                ? OptionalLong.empty()
                : bytes(values.getOrDefault("HardwareInformation.qwMemorySize", "")),
            Optional.ofNullable(values.get("DriverVersion")),
            values.containsKey("DriverVersion")
                ? Optional.empty()
                : Optional.of(
                    new Problem("no driver has it", "install its vendor's driver for Windows"))));
  }

  /** {@code 0x1ff400000}. */
  private static OptionalLong bytes(String text) {
    try {
      long value = text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : 0;
      return value > 0 ? OptionalLong.of(value) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
