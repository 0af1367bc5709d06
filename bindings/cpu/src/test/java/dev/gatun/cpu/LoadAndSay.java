package dev.gatun.cpu;

import java.nio.file.Path;
import java.util.Optional;

/** A JVM of its own, since a library is loaded once: looks it up and prints what came of it. */
final class LoadAndSay {
  private LoadAndSay() {}

  /** Arguments: Gatun's home, and the setting's value if it is set. */
  public static void main(String[] arguments) {
    Optional<String> explicit = arguments.length > 1 ? Optional.of(arguments[1]) : Optional.empty();
    CpuLibrary.Lookup lookup =
        CpuLibrary.load(
            name -> name.equals(CpuLibrary.PROPERTY) ? explicit : Optional.empty(),
            Path.of(arguments[0]));
    lookup.failures().forEach(failure -> System.out.println("failed " + failure));
    lookup.library().ifPresent(library -> System.out.println("loaded " + library.place()));
  }
}
