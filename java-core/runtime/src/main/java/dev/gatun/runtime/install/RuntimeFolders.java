package dev.gatun.runtime.install;

import dev.gatun.runtime.install.InstalledRuntime.InstalledFile;
import dev.gatun.runtime.store.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders of installed runtimes: {@code HOME/runtimes/NAME/VERSION/PLATFORM/}. A folder counts
 * once it holds {@code runtime.json}, which is written last.
 *
 * @param root {@code HOME/runtimes}
 */
record RuntimeFolders(Path root) {
  private static final RuntimeJson JSON = new RuntimeJson();

  static RuntimeFolders of(Path home) {
    return new RuntimeFolders(home.resolve("runtimes"));
  }

  Path folder(String name, String version, String platform) {
    return root.resolve(name).resolve(version).resolve(platform);
  }

  /** Where files arrive, before the folder is moved to its place. */
  Path partial() {
    return root.resolve(".partial");
  }

  Path lock(String name) {
    return root.resolve("." + name + ".lock");
  }

  /** A runtime that was found, or why its folder is none. */
  record Entry(Path folder, Optional<InstalledRuntime> runtime, String problem) {}

  /** All versions and platforms of a runtime, newest first. */
  List<Entry> all(String name) {
    List<Entry> entries = new ArrayList<>();
    for (Path version : children(root.resolve(name))) {
      for (Path folder : children(version)) {
        entry(folder, name).ifPresent(entries::add);
      }
    }
    entries.sort((a, b) -> Versions.compare(version(b), version(a)));
    return entries;
  }

  private static String version(Entry entry) {
    return entry.folder().getParent().getFileName().toString();
  }

  /** Names of runtimes that have a folder. */
  List<String> names() {
    return children(root).stream().map(folder -> folder.getFileName().toString()).toList();
  }

  private static Optional<Entry> entry(Path folder, String name) {
    try {
      Optional<InstalledRuntime> runtime = JSON.read(folder);
      if (runtime.isEmpty()) {
        return Optional.empty();
      }
      InstalledRuntime read = runtime.get();
      boolean placed =
          read.name().equals(name)
              && folder.endsWith(Path.of(name, read.version(), read.platform()));
      return Optional.of(
          placed
              ? new Entry(folder, runtime, "")
              : new Entry(folder, Optional.empty(), folder + " holds another runtime"));
    } catch (IOException e) {
      return Optional.of(
          new Entry(
              folder,
              Optional.empty(),
              "%s is damaged: %s".formatted(folder.resolve(RuntimeJson.FILE), e.getMessage())));
    }
  }

  /**
   * What is wrong with an installed runtime's files; empty when they are whole.
   *
   * @param digests whether to read every file; else only those whose time of writing has changed
   */
  static Optional<String> problem(InstalledRuntime runtime, boolean digests) {
    for (InstalledFile file : runtime.files()) {
      Path path = runtime.folder().resolve(file.name());
      try {
        if (!Files.isRegularFile(path)) {
          return Optional.of(path + " is missing");
        }
        boolean touched = Files.getLastModifiedTime(path).toMillis() != file.modified();
        if (Files.size(path) != file.size()
            || ((digests || touched) && !Digests.of(path).equals(file.sha256()))) {
          return Optional.of(path + " is not what was installed");
        }
      } catch (IOException e) {
        return Optional.of(path + " cannot be read: " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  static byte[] json(InstalledRuntime runtime) {
    return JSON.write(runtime);
  }

  static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException e) {
      // What cannot be read holds nothing that can be loaded.
      return List.of();
    }
  }
}
