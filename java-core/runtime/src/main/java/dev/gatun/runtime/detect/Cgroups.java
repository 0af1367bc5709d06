package dev.gatun.runtime.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The limits of this process's control groups, versions 1 and 2 (kernel documentation, cgroup-v1
 * and cgroup-v2). Every ancestor's limit holds, so the smallest counts.
 */
final class Cgroups {
  /** Version 1 says "no limit" with a number near the largest. */
  private static final long UNLIMITED = 1L << 60;

  private final SmallFiles files;

  Cgroups(SmallFiles files) {
    this.files = files;
  }

  /** Cores' worth of time. */
  OptionalDouble cpuQuota() {
    OptionalDouble least = OptionalDouble.empty();
    for (String folder : unified()) {
      least = least(least, files.text(folder + "cpu.max").map(Cgroups::share));
    }
    for (String folder : controller("cpu")) {
      Optional<String> quota = files.text(folder + "cpu.cfs_quota_us");
      Optional<String> period = files.text(folder + "cpu.cfs_period_us");
      least = least(least, quota.map(text -> share(text + " " + period.orElse("100000"))));
    }
    return least;
  }

  /** Bytes. */
  OptionalLong memory() {
    long least = UNLIMITED;
    for (String folder : unified()) {
      least = Math.min(least, files.number(folder + "memory.max").orElse(UNLIMITED));
    }
    for (String folder : controller("memory")) {
      least = Math.min(least, files.number(folder + "memory.limit_in_bytes").orElse(UNLIMITED));
    }
    return least > 0 && least < UNLIMITED ? OptionalLong.of(least) : OptionalLong.empty();
  }

  private static OptionalDouble least(OptionalDouble known, Optional<OptionalDouble> other) {
    double value = other.orElse(OptionalDouble.empty()).orElse(Double.MAX_VALUE);
    double least = Math.min(known.orElse(Double.MAX_VALUE), value);
    return least == Double.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of(least);
  }

  /** {@code quota period}, in microseconds; {@code max} or a negative quota is no limit. */
  private static OptionalDouble share(String text) {
    String[] words = text.split("\\s+", -1);
    OptionalLong quota = SmallFiles.parse(words[0]);
    OptionalLong period = words.length < 2 ? OptionalLong.of(100_000) : SmallFiles.parse(words[1]);
    if (quota.isEmpty() || quota.getAsLong() <= 0 || period.isEmpty() || period.getAsLong() <= 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((double) quota.getAsLong() / period.getAsLong());
  }

  private List<String> unified() {
    for (String line : files.lines("proc/self/cgroup")) {
      if (line.startsWith("0::")) {
        return ancestors("sys/fs/cgroup/", line.substring(3));
      }
    }
    return List.of();
  }

  private List<String> controller(String name) {
    for (String line : files.lines("proc/self/cgroup")) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && List.of(fields[1].split(",", -1)).contains(name)) {
        return ancestors("sys/fs/cgroup/" + name + "/", fields[2]);
      }
    }
    return List.of();
  }

  /**
   * The folders from the mount down to a group. Inside a container the path may be the host's and
   * lead nowhere: what is not there has no limit, and the mount itself is the container's group.
   */
  private static List<String> ancestors(String mount, String group) {
    List<String> folders = new ArrayList<>();
    folders.add(mount);
    String folder = mount;
    for (String part : group.split("/", -1)) {
      if (part.equals("..")) {
        break;
      }
      if (!part.isEmpty()) {
        folder += part + "/";
        folders.add(folder);
      }
    }
    return folders;
  }
}
