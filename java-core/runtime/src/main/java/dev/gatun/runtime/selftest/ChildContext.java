package dev.gatun.runtime.selftest;

import dev.gatun.runtime.spi.ProbeContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The context of a self-test in a child JVM, whose settings are all system properties. */
final class ChildContext implements ProbeContext {
  private final int threads;
  private final long memoryBudget;
  private final Map<Class<?>, Object> shared = new HashMap<>();

  ChildContext(int threads, long memoryBudget) {
    this.threads = threads;
    this.memoryBudget = memoryBudget;
  }

  @Override
  public Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).filter(text -> !text.isBlank());
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public long memoryBudget() {
    return memoryBudget;
  }

  /** What is shared ends with the child. */
  @Override
  public synchronized <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> factory) {
    return type.cast(shared.computeIfAbsent(type, _ -> factory.get()));
  }
}
