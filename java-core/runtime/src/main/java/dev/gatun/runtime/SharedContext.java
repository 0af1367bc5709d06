package dev.gatun.runtime;

import dev.gatun.runtime.install.RuntimeFinder;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** What the devices of one runtime share. */
final class SharedContext implements ProbeContext, AutoCloseable {
  private final Settings settings;
  private final int threads;
  private final long memoryBudget;
  private final SequencedMap<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();
  private boolean closed;

  SharedContext(Settings settings, int threads, long memoryBudget) {
    this.settings = settings;
    this.threads = threads;
    this.memoryBudget = memoryBudget;
  }

  @Override
  public Optional<String> property(String name) {
    return settings.get(name);
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public long memoryBudget() {
    return memoryBudget;
  }

  @Override
  public Path home() {
    return settings.home();
  }

  @Override
  public FoundRuntimes runtimes(RuntimeRequirement requirement) {
    return new RuntimeFinder(settings.home(), settings::environment).find(requirement);
  }

  @Override
  public synchronized <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> factory) {
    if (closed) {
      throw new IllegalStateException("the runtime is closed");
    }
    AutoCloseable known = shared.get(type);
    if (known == null) {
      known = factory.get();
      shared.put(type, known);
    }
    return type.cast(known);
  }

  /** Closes what is shared, the last made first. */
  @Override
  public synchronized void close() {
    closed = true;
    RuntimeException failure = null;
    for (AutoCloseable object : shared.sequencedValues().reversed()) {
      try {
        object.close();
      } catch (Exception e) {
        IllegalStateException wrapped =
            new IllegalStateException("cannot close " + object.getClass().getName(), e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    shared.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
