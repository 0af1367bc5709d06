package dev.gatun.runtime.spi;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How to compile.
 *
 * @param observe names of values whose content a session shall make readable after each run, beside
 *     the outputs; empty for none
 * @param profile whether sessions record time per node
 * @param weightCache folder for repacked weights; empty for none
 */
public record CompileOptions(Set<String> observe, boolean profile, Optional<Path> weightCache) {
  public static final CompileOptions DEFAULT =
      new CompileOptions(Set.of(), false, Optional.empty());

  public CompileOptions {
    observe = Set.copyOf(observe);
  }
}
