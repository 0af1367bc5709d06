package dev.gatun.runtime.spi;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How to compile. Immutable; start from {@link #DEFAULT}.
 *
 * @param observe names of values whose content a session shall make readable after each run, beside
 *     the outputs; empty for none
 * @param profile whether sessions record time per node
 * @param weightCache folder for repacked weights; empty for none
 * @param deterministic whether a sequence's results must be the same bits whatever else is
 *     submitted with it and however its tokens are divided among submissions; a device that cannot
 *     promise it refuses to compile
 * @param choices values of the device's {@link Device#tunables}, by name; its standard where absent
 */
public record CompileOptions(
    Set<String> observe,
    boolean profile,
    Optional<Path> weightCache,
    boolean deterministic,
    Map<String, String> choices) {
  public static final CompileOptions DEFAULT =
      new CompileOptions(Set.of(), false, Optional.empty(), false, Map.of());

  public CompileOptions {
    observe = Set.copyOf(observe);
    choices = Map.copyOf(choices);
  }

  public CompileOptions withObserve(Set<String> names) {
    return new CompileOptions(names, profile, weightCache, deterministic, choices);
  }

  public CompileOptions withProfile(boolean on) {
    return new CompileOptions(observe, on, weightCache, deterministic, choices);
  }

  public CompileOptions withDeterministic(boolean on) {
    return new CompileOptions(observe, profile, weightCache, on, choices);
  }

  public CompileOptions withChoices(Map<String, String> values) {
    return new CompileOptions(observe, profile, weightCache, deterministic, values);
  }
}
