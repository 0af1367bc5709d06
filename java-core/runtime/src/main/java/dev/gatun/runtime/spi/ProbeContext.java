package dev.gatun.runtime.spi;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.install.RuntimeFinder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a probe may ask for and share.
 *
 * <p>Thread-safe. Lives as long as the runtime that made it.
 */
public interface ProbeContext {
  /** A setting {@code gatun.<area>.<name>}, by its full name. */
  Optional<String> property(String name);

  /** How many worker threads engines shall use, the calling thread included; at least 1. */
  int threads();

  /** Bytes that engines may allocate for weights, states and activations, all together. */
  long memoryBudget();

  /**
   * An object shared by all devices of one runtime, such as a worker team; made on first use and
   * closed with the runtime.
   */
  <T extends AutoCloseable> T shared(Class<T> type, java.util.function.Supplier<T> factory);

  /** Folder of Gatun's files; it need not exist. */
  default Path home() {
    return property(Settings.HOME)
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".gatun"))
        .toAbsolutePath();
  }

  /** Looks for copies of a vendor's runtime; loads nothing. */
  default FoundRuntimes runtimes(RuntimeRequirement requirement) {
    return new RuntimeFinder(home(), name -> Optional.ofNullable(System.getenv(name)))
        .find(requirement);
  }
}
