package dev.gatun.runtime.install;

import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.FoundRuntimes.Copy;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks for copies of runtimes: those that Gatun installed for this platform, the pinned version
 * before others; then those that variables of the environment name. Loads nothing. Thread-safe.
 */
public final class RuntimeFinder {
  private final RuntimeFolders folders;
  private final Function<String, Optional<String>> environment;
  private final String platform = HostPlatform.current();

  /**
   * A finder.
   *
   * @param home Gatun's folder
   * @param environment variables of this process
   */
  public RuntimeFinder(Path home, Function<String, Optional<String>> environment) {
    folders = RuntimeFolders.of(home);
    this.environment = environment;
  }

  /** Looks. */
  public FoundRuntimes find(RuntimeRequirement requirement) {
    List<Copy> copies = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    installed(requirement, copies, problems);
    for (String variable : requirement.own().environment()) {
      environment
          .apply(variable)
          .ifPresent(value -> own(requirement, variable, value, copies, problems));
    }
    return new FoundRuntimes(copies, problems);
  }

  private void installed(RuntimeRequirement requirement, List<Copy> copies, List<String> problems) {
    List<RuntimeFolders.Entry> entries = new ArrayList<>(folders.all(requirement.name()));
    entries.removeIf(entry -> !entry.folder().endsWith(platform));
    // The order of versions stays among the others.
    entries.sort(
        Comparator.comparing(entry -> !entry.folder().getParent().endsWith(requirement.version())));
    for (RuntimeFolders.Entry entry : entries) {
      Optional<String> problem =
          entry.runtime().isEmpty()
              ? Optional.of(entry.problem())
              : RuntimeFolders.problem(entry.runtime().get(), false);
      if (problem.isPresent()) {
        problems.add(
            "%s; `%s` installs it anew".formatted(problem.get(), requirement.installCommand()));
        continue;
      }
      String version = entry.runtime().get().version();
      Optional<Path> library = library(requirement, entry.folder());
      if (library.isEmpty()) {
        problems.add(entry.folder() + " has no " + names(requirement));
      } else if (isOld(requirement, version)) {
        problems.add(old(requirement, entry.folder().toString(), version));
      } else {
        copies.add(new Copy("installed " + version, true, library.get(), Optional.of(version)));
      }
    }
  }

  private void own(
      RuntimeRequirement requirement,
      String variable,
      String value,
      List<Copy> copies,
      List<String> problems) {
    Path root;
    try {
      root = Path.of(value);
    } catch (InvalidPathException e) {
      problems.add("%s is '%s', which is no path".formatted(variable, value));
      return;
    }
    for (String below : requirement.own().folders()) {
      Optional<Path> library = library(requirement, root.resolve(below));
      if (library.isPresent()) {
        Optional<String> version = version(library.get());
        if (version.isPresent() && isOld(requirement, version.get())) {
          problems.add(old(requirement, variable + " " + library.get(), version.get()));
        } else {
          copies.add(new Copy(variable, false, library.get(), version));
        }
        return;
      }
    }
    problems.add(
        "%s is %s, but there is no %s in its folders %s"
            .formatted(variable, root, names(requirement), requirement.own().folders()));
  }

  /** By the file's own name, links resolved: {@code libx.so} leads to {@code libx.so.1.2.3}. */
  private static Optional<String> version(Path library) {
    try {
      return Versions.inName(library.toRealPath().getFileName().toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isOld(RuntimeRequirement requirement, String version) {
    return requirement
        .own()
        .oldest()
        .filter(oldest -> Versions.compare(version, oldest) < 0)
        .isPresent();
  }

  private static String old(RuntimeRequirement requirement, String where, String version) {
    return "%s has version %s, at least %s is needed"
        .formatted(where, version, requirement.own().oldest().orElse(""));
  }

  private List<String> patterns(RuntimeRequirement requirement) {
    return requirement.own().libraries().getOrDefault(HostPlatform.os(platform), List.of());
  }

  private String names(RuntimeRequirement requirement) {
    return String.join(" or ", patterns(requirement));
  }

  /** The library to load in a folder: of several versions the newest. */
  private Optional<Path> library(RuntimeRequirement requirement, Path folder) {
    for (String pattern : patterns(requirement)) {
      List<Path> found = new ArrayList<>();
      var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder, file -> matcher.matches(file.getFileName()))) {
        for (Path file : files) {
          if (Files.isRegularFile(file)) {
            found.add(file);
          }
        }
      } catch (IOException e) {
        // Nothing is found in a folder that is not there or cannot be read.
        return Optional.empty();
      }
      if (!found.isEmpty()) {
        return found.stream()
            .max(
                Comparator.<Path, String>comparing(
                        file -> version(file).orElse(""), Versions::compare)
                    .thenComparing(Comparator.naturalOrder()));
      }
    }
    return Optional.empty();
  }
}
