package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Hardware.Cache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * macOS: {@code sysctl}, as sysctl(3) and Apple's page on processor features name its keys. Tested
 * on recorded output only.
 */
final class MacHardware {
  private static final List<String> KEYS = List.of("hw", "machdep.cpu");

  private final Commands commands;

  MacHardware(Commands commands) {
    this.commands = commands;
  }

  Hardware detect(String arch, OptionalLong memory) {
    Map<String, String> values = values();
    Optional<String> model = Optional.ofNullable(values.get("machdep.cpu.brand_string"));
    Optional<String> vendor =
        Optional.ofNullable(values.get("machdep.cpu.vendor"))
            .map(id -> id.equals("GenuineIntel") ? "Intel" : id)
            .or(() -> model.filter(name -> name.startsWith("Apple")).map(_ -> "Apple"));
    // The efficiency cores of Apple's processors slow a team of workers down that waits for all.
    OptionalInt fast = number(values, "hw.perflevel0.physicalcpu");
    OptionalInt cores = number(values, "hw.physicalcpu");
    Hardware.Limits limits =
        new Hardware.Limits(List.of(), OptionalDouble.empty(), OptionalLong.empty());
    OptionalLong total =
        Optional.ofNullable(values.get("hw.memsize")).map(SmallFiles::parse).orElse(memory);
    return new Hardware(
        "macos",
        arch,
        new Hardware.Cpu(
            vendor,
            model,
            cores,
            number(values, "hw.logicalcpu"),
            features(values),
            caches(values)),
        new Hardware.Memory(total, OptionalLong.empty()),
        limits,
        Threads.recommended(fast.isPresent() ? fast : cores, limits),
        new Hardware.Surroundings(
            Optional.ofNullable(values.get("hw.model")), Hardware.Surroundings.Place.MACHINE));
  }

  private Map<String, String> values() {
    Map<String, String> values = new HashMap<>();
    for (String key : KEYS) {
      for (String line : commands.output(List.of("sysctl", key)).orElse("").split("\n", -1)) {
        int colon = line.indexOf(": ");
        if (colon > 0) {
          values.put(line.substring(0, colon).strip(), line.substring(colon + 2).strip());
        }
      }
    }
    return values;
  }

  /** {@code hw.optional.arm.FEAT_DotProd: 1}, or a line of Intel's names. */
  private static SortedSet<String> features(Map<String, String> values) {
    SortedSet<String> features = new TreeSet<>();
    values.forEach((key, value) -> {
      if (key.startsWith("hw.optional.") && value.equals("1")) {
        String name = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        features.add(name.startsWith("feat_") ? name.substring(5) : name);
      }
    });
    for (String key : List.of("machdep.cpu.features", "machdep.cpu.leaf7_features")) {
      String names = values.getOrDefault(key, "").toLowerCase(Locale.ROOT);
      features.addAll(Arrays.asList(names.split("\\s+", -1)));
    }
    features.remove("");
    return features;
  }

  private static List<Cache> caches(Map<String, String> values) {
    List<Cache> caches = new ArrayList<>();
    add(caches, values, "hw.l1dcachesize", 1, "data");
    add(caches, values, "hw.l1icachesize", 1, "instruction");
    add(caches, values, "hw.l2cachesize", 2, "unified");
    add(caches, values, "hw.l3cachesize", 3, "unified");
    return caches;
  }

  private static void add(
      List<Cache> caches, Map<String, String> values, String key, int level, String type) {
    OptionalLong bytes = SmallFiles.parse(values.getOrDefault(key, ""));
    if (bytes.isPresent() && bytes.getAsLong() > 0) {
      caches.add(new Cache(level, type, bytes.getAsLong(), 0));
    }
  }

  private static OptionalInt number(Map<String, String> values, String key) {
    OptionalLong number = SmallFiles.parse(values.getOrDefault(key, ""));
    return number.isPresent() && number.getAsLong() > 0 && number.getAsLong() < 1 << 16
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }
}
