package dev.gatun.testkit;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A runtime for tests of one backend: a few threads, 4 GiB, some settings, then the system
 * properties and the user's home folder of Gatun. Closing it closes what devices share.
 */
public final class TestContext implements ProbeContext, AutoCloseable {
  private final int threads;
  private final Map<String, String> settings;
  private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();

  /** A context without settings of its own. */
  public TestContext(int threads) {
    this(threads, Map.of());
  }

  /**
   * @param settings come before system properties
   */
  public TestContext(int threads, Map<String, String> settings) {
    this.threads = threads;
    this.settings = Map.copyOf(settings);
  }

  @Override
  public Optional<String> property(String name) {
    return Optional.ofNullable(settings.get(name))
        .or(() -> Optional.ofNullable(System.getProperty(name)))
        .or(() ->
            name.equals(Settings.HOME)
                ? Optional.ofNullable(System.getenv("GATUN_HOME"))
                : Optional.empty());
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public long memoryBudget() {
    return 4L << 30;
  }

  @Override
  public synchronized <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> factory) {
    return type.cast(shared.computeIfAbsent(type, absent -> factory.get()));
  }

  @Override
  public void close() {
    for (AutoCloseable each : shared.values()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
