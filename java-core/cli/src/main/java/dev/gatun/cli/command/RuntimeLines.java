package dev.gatun.cli.command;

import dev.gatun.cli.output.Units;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.install.InstalledRuntime;
import dev.gatun.runtime.install.RuntimeInstaller.InstalledState;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is known of one runtime.
 *
 * @param version the pinned version; empty for one that no backend names
 * @param platforms for which there are packages
 * @param copies those that can be used here, best first
 * @param installed what Gatun installed, for any platform
 */
record RuntimeLines(
    String name,
    String version,
    String description,
    String licence,
    List<String> platforms,
    List<FoundRuntimes.Copy> copies,
    List<InstalledState> installed,
    List<String> problems) {

  /** All runtimes: those that backends name, then others that are installed. */
  static List<RuntimeLines> of(GatunRuntime runtime, boolean verify) {
    Map<String, List<InstalledState>> installed = new LinkedHashMap<>();
    runtime
        .runtimes()
        .installed(verify)
        .forEach(
            state -> installed.computeIfAbsent(state.name(), _ -> new ArrayList<>()).add(state));
    List<RuntimeLines> all = new ArrayList<>();
    for (RuntimeRequirement requirement : runtime.runtimes().known().values()) {
      FoundRuntimes found = runtime.find(requirement);
      List<InstalledState> states =
          installed.containsKey(requirement.name())
              ? installed.remove(requirement.name())
              : List.of();
      all.add(
          new RuntimeLines(
              requirement.name(),
              requirement.version(),
              requirement.description(),
              requirement.licence().name(),
              List.copyOf(new TreeSet<>(requirement.packages().keySet())),
              found.copies(),
              states,
              problems(states, found.problems())));
    }
    installed.forEach((name, states) ->
        all.add(
            new RuntimeLines(
                name,
                "",
                "no backend of this version uses it",
                states.getFirst().runtime().map(InstalledRuntime::licence).orElse(""),
                List.of(),
                List.of(),
                states,
                problems(states, List.of()))));
    return all;
  }

  /** Those of the finder, and of installed files those that it has not named. */
  private static List<String> problems(List<InstalledState> states, List<String> found) {
    List<String> problems = new ArrayList<>(found);
    for (InstalledState state : states) {
      state
          .problem()
          .filter(problem -> found.stream().noneMatch(known -> known.startsWith(problem)))
          .ifPresent(problems::add);
    }
    return problems;
  }

  /** What is on this machine, in a few words. */
  String here() {
    List<String> words = new ArrayList<>();
    for (FoundRuntimes.Copy copy : copies) {
      words.add(
          copy.installed()
              ? copy.label()
              : copy.label() + copy.version().map(version -> " " + version).orElse(""));
    }
    installed.stream()
        .filter(state -> !state.platform().equals(HostPlatform.current()))
        .forEach(state -> words.add("for %s %s".formatted(state.platform(), state.version())));
    if (words.isEmpty()) {
      return platforms.contains(HostPlatform.current()) || platforms.isEmpty() ? "-" : "no package";
    }
    return String.join(", ", words);
  }

  /** Lines for {@code doctor}. */
  List<String> details() {
    List<String> lines = new ArrayList<>();
    for (FoundRuntimes.Copy copy : copies) {
      lines.add("%s: %s".formatted(copy.label(), copy.library()));
    }
    problems.forEach(problem -> lines.add("problem: " + problem));
    if (copies.isEmpty() && platforms.contains(HostPlatform.current())) {
      lines.add("not installed; `gatun runtimes install %s` brings %s".formatted(name, version));
    } else if (copies.isEmpty()) {
      lines.add("not installed, and there is no package for " + HostPlatform.current());
    }
    return lines;
  }

  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("version", version);
    members.put("description", description);
    members.put("licence", licence);
    members.put("platforms", platforms);
    members.put(
        "copies",
        copies.stream()
            .map(copy ->
                Map.of(
                    "label", copy.label(),
                    "installed", copy.installed(),
                    "library", copy.library().toString(),
                    "version", copy.version().orElse("")))
            .toList());
    members.put("installed", installed.stream().map(RuntimeLines::members).toList());
    members.put("problems", problems);
    return members;
  }

  static Map<String, Object> members(InstalledState state) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("version", state.version());
    members.put("platform", state.platform());
    members.put("folder", state.folder().toString());
    members.put("bytes", state.runtime().map(InstalledRuntime::size).orElse(0L));
    members.put("whole", state.problem().isEmpty());
    return members;
  }

  /** Size of an installed runtime. */
  static String size(InstalledState state) {
    return Units.bytes(state.runtime().map(InstalledRuntime::size).orElse(0L));
  }
}
