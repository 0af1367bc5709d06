package dev.gatun.onnxruntimebackend;

import dev.gatun.runtime.spi.ProbeContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A runtime for tests: a few threads, and the system properties. */
final class TestContext implements ProbeContext, AutoCloseable {
  private final int threads;
  private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();

  TestContext(int threads) {
    this.threads = threads;
  }

  @Override
  public Optional<String> property(String name) {
    return Optional.ofNullable(
        System.getProperty(name, name.equals("gatun.home") ? "target/home" : null));
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
