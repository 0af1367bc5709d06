package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Accelerator.Vendor;
import dev.gatun.runtime.spi.DeviceInfo.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * GPUs of a Mac by {@code system_profiler SPDisplaysDataType}, and the neural engine that every
 * Apple processor has. Tested on recorded output only.
 */
final class MacAccelerators {
  private final Commands commands;

  MacAccelerators(Commands commands) {
    this.commands = commands;
  }

  List<Accelerator> detect(String arch) {
    List<Accelerator> found = new ArrayList<>();
    Map<String, String> card = new HashMap<>();
    String report = commands.output(List.of("system_profiler", "SPDisplaysDataType")).orElse("");
    for (String line : report.lines().toList()) {
      int colon = line.indexOf(": ");
      if (line.strip().startsWith("Chipset Model:")) {
        gpu(card).ifPresent(found::add);
        card.clear();
      }
      if (colon > 0) {
        card.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 2).strip());
      }
    }
    gpu(card).ifPresent(found::add);
    if (arch.equals("aarch64")) {
      found.add(of(Kind.NPU, Vendor.APPLE, "Apple Neural Engine", OptionalLong.empty()));
    }
    return found;
  }

  private static Optional<Accelerator> gpu(Map<String, String> card) {
    String vendor = card.getOrDefault("Vendor", "");
    Optional<Vendor> maker =
        Optional.ofNullable(
            vendor.startsWith("Apple")
                ? Vendor.APPLE
                : vendor.startsWith("AMD")
                    ? Vendor.AMD
                    : vendor.startsWith("Intel") ? Vendor.INTEL : null);
    String cores =
        card.containsKey("Total Number of Cores")
            ? " GPU, %s cores".formatted(card.get("Total Number of Cores"))
            : "";
    return maker.map(known ->
        of(
            Kind.GPU,
            known,
            card.getOrDefault("Chipset Model", known.label() + " GPU") + cores,
            memory(card.getOrDefault("VRAM (Total)", ""))));
  }

  /** {@code 8 GB}. */
  private static OptionalLong memory(String text) {
    return text.endsWith(" GB") || text.endsWith(" MB")
        ? SmallFiles.parse(text.substring(0, text.length() - 1).replace(" ", ""))
        : OptionalLong.empty();
  }

  private static Accelerator of(Kind kind, Vendor vendor, String name, OptionalLong memory) {
    return new Accelerator(
        kind, vendor, name, "", vendor == Vendor.APPLE, memory, Optional.empty(), Optional.empty());
  }
}
