package dev.gatun.ffi;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the operating system keeps libraries: known without asking its loader, which would load.
 */
final class SystemFolders {
  private SystemFolders() {}

  /** The first of these files in the system's folders. */
  static Optional<Path> find(List<String> names) {
    for (Path folder : all()) {
      for (String name : names) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /** In the order in which a loader looks (Linux: ld.so(8); others: the JVM's own path). */
  private static Set<Path> all() {
    Set<Path> folders = new LinkedHashSet<>();
    add(folders, System.getProperty("java.library.path"));
    switch (Platform.os()) {
      case "linux" -> {
        add(folders, System.getenv("LD_LIBRARY_PATH"));
        readConfiguration(Path.of("/etc/ld.so.conf"), folders);
        try (DirectoryStream<Path> files =
            Files.newDirectoryStream(Path.of("/etc/ld.so.conf.d"), "*.conf")) {
          var sorted = new ArrayList<Path>();
          files.forEach(sorted::add);
          sorted.sort(null);
          sorted.forEach(file -> readConfiguration(file, folders));
        } catch (IOException e) {
          // Not every Linux has one.
        }
        add(folders, "/lib64:/usr/lib64:/lib:/usr/lib:/usr/local/lib");
      }
      case "macos" -> {
        add(folders, System.getenv("DYLD_LIBRARY_PATH"));
        add(folders, "/usr/local/lib:/opt/homebrew/lib:/usr/lib");
      }
      default -> add(folders, System.getenv("PATH"));
    }
    return folders;
  }

  private static void add(Set<Path> folders, String path) {
    if (path == null) {
      return;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      try {
        if (!folder.isBlank()) {
          folders.add(Path.of(folder));
        }
      } catch (InvalidPathException e) {
        // Nothing can be there.
      }
    }
  }

  private static void readConfiguration(Path file, Set<Path> folders) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("/")) {
          add(folders, line.strip());
        }
      }
    } catch (IOException e) {
      // What cannot be read leads nowhere.
    }
  }
}
