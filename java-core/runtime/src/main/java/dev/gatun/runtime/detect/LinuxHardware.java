package dev.gatun.runtime.detect;

import dev.gatun.runtime.detect.Hardware.Cache;
import dev.gatun.runtime.detect.Hardware.Surroundings.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Linux: {@code /proc} and {@code /sys}, as proc(5), sysfs and the kernel's cgroup pages say. */
final class LinuxHardware {
  private static final String CPUS = "sys/devices/system/cpu/";

  /** Parts of the names that engines give to the groups of their containers. */
  private static final List<String> CONTAINER_GROUPS =
      List.of("/docker", "/kubepods", "/libpod", "/lxc");

  private final SmallFiles files;

  LinuxHardware(SmallFiles files) {
    this.files = files;
  }

  Hardware detect(String arch) {
    Map<String, String> first = firstProcessor();
    List<Integer> online = files.text(CPUS + "online").map(SmallFiles::cpuList).orElse(List.of());
    Hardware.Limits limits =
        new Hardware.Limits(affinity(), new Cgroups(files).cpuQuota(), new Cgroups(files).memory());
    OptionalInt usable = cores(limits.affinity().isEmpty() ? online : limits.affinity());
    return new Hardware(
        "linux",
        arch,
        new Hardware.Cpu(
            vendor(first),
            Optional.ofNullable(first.get("model name"))
                .or(() -> files.text("proc/device-tree/model"))
                .or(() -> files.text("sys/devices/soc0/machine")),
            cores(online),
            online.isEmpty() ? OptionalInt.empty() : OptionalInt.of(online.size()),
            features(first),
            caches()),
        memory(),
        limits,
        Threads.recommended(usable, limits),
        surroundings());
  }

  private Hardware.Surroundings surroundings() {
    Optional<String> board =
        files
            .text("proc/device-tree/model")
            .or(() -> files.text("sys/class/dmi/id/product_name"))
            .filter(name -> !name.isEmpty());
    String groups = files.text("proc/self/cgroup").orElse("");
    boolean container =
        files.exists(".dockerenv")
            || files.exists("run/.containerenv")
            || CONTAINER_GROUPS.stream().anyMatch(groups::contains);
    boolean wsl =
        files.text("proc/sys/kernel/osrelease").filter(name -> name.contains("WSL2")).isPresent();
    boolean android = files.exists("system/build.prop");
    return new Hardware.Surroundings(
        board,
        container ? Place.CONTAINER : wsl ? Place.WSL : android ? Place.ANDROID : Place.MACHINE);
  }

  /** The first block of cpuinfo; on most machines all are alike. */
  private Map<String, String> firstProcessor() {
    Map<String, String> fields = new HashMap<>();
    for (String line : files.lines("proc/cpuinfo")) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        if (!fields.isEmpty()) {
          break;
        }
        continue;
      }
      fields.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    return fields;
  }

  private static Optional<String> vendor(Map<String, String> processor) {
    String id = processor.get("vendor_id");
    if (id != null) {
      return Optional.of(
          switch (id) {
            case "GenuineIntel" -> "Intel";
            case "AuthenticAMD" -> "AMD";
            default -> id;
          });
    }
    String implementer = processor.get("cpu implementer");
    return implementer == null
        ? Optional.empty()
        : Optional.of(
            switch (implementer.toLowerCase(Locale.ROOT)) {
              case "0x41" -> "Arm";
              case "0x48" -> "HiSilicon";
              case "0x4e" -> "NVIDIA";
              case "0x51" -> "Qualcomm";
              case "0x61" -> "Apple";
              case "0xc0" -> "Ampere";
              default -> "implementer " + implementer;
            });
  }

  private static SortedSet<String> features(Map<String, String> processor) {
    String flags = processor.getOrDefault("flags", processor.getOrDefault("features", ""));
    SortedSet<String> features = new TreeSet<>(Arrays.asList(flags.split("\\s+", -1)));
    features.remove("");
    return features;
  }

  private List<Integer> affinity() {
    for (String line : files.lines("proc/self/status")) {
      if (line.startsWith("Cpus_allowed_list:")) {
        return SmallFiles.cpuList(line.substring(line.indexOf(':') + 1));
      }
    }
    return List.of();
  }

  /** Distinct physical cores behind some logical ones; empty when the topology is hidden. */
  private OptionalInt cores(List<Integer> logical) {
    Set<String> cores = new HashSet<>();
    for (int cpu : logical) {
      String topology = CPUS + "cpu" + cpu + "/topology/";
      Optional<String> core = files.text(topology + "core_id");
      if (core.isEmpty()) {
        return OptionalInt.empty();
      }
      cores.add(files.text(topology + "physical_package_id").orElse("0") + " " + core.get());
    }
    return cores.isEmpty() ? OptionalInt.empty() : OptionalInt.of(cores.size());
  }

  private List<Cache> caches() {
    List<Cache> caches = new ArrayList<>();
    for (int index = 0; index < 16; index++) {
      String folder = CPUS + "cpu0/cache/index" + index + "/";
      OptionalLong level = files.number(folder + "level");
      OptionalLong size = files.number(folder + "size");
      if (level.isEmpty() || size.isEmpty()) {
        break;
      }
      caches.add(
          new Cache(
              (int) level.getAsLong(),
              files.text(folder + "type").orElse("unknown").toLowerCase(Locale.ROOT),
              size.getAsLong(),
              files
                  .text(folder + "shared_cpu_list")
                  .map(list -> SmallFiles.cpuList(list).size())
                  .orElse(0)));
    }
    return caches;
  }

  private Hardware.Memory memory() {
    OptionalLong total = OptionalLong.empty();
    OptionalLong available = OptionalLong.empty();
    for (String line : files.lines("proc/meminfo")) {
      String[] words = line.split("\\s+", -1);
      if (words.length >= 2 && words[0].equals("MemTotal:")) {
        total = SmallFiles.parse(words[1] + "K");
      } else if (words.length >= 2 && words[0].equals("MemAvailable:")) {
        available = SmallFiles.parse(words[1] + "K");
      }
    }
    return new Hardware.Memory(total, available);
  }
}
