package dev.gatun.runtime;

import dev.gatun.runtime.spi.BackendProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds providers on the module path and the class path. A provider that cannot be loaded is a
 * failure to show, not an error.
 *
 * @param byId the first provider of each id: those given come first
 * @param failures why others could not be loaded
 */
record ProviderDiscovery(Map<String, BackendProvider> byId, List<String> failures) {
  static ProviderDiscovery run(List<BackendProvider> given, boolean discover) {
    Map<String, BackendProvider> byId = new LinkedHashMap<>();
    List<String> failures = new ArrayList<>();
    given.forEach(provider -> byId.putIfAbsent(provider.id(), provider));
    if (discover) {
      Iterator<ServiceLoader.Provider<BackendProvider>> found =
          ServiceLoader.load(BackendProvider.class, loader(BackendProvider.class)).stream()
              .iterator();
      while (hasNext(found, failures)) {
        try {
          BackendProvider provider = found.next().get();
          byId.putIfAbsent(provider.id(), provider);
        } catch (ServiceConfigurationError | LinkageError e) {
          failures.add(describe(e));
        }
      }
    }
    return new ProviderDiscovery(byId, List.copyOf(failures));
  }

  Optional<BackendProvider> provider(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  List<BackendProvider> providers() {
    return List.copyOf(byId.values());
  }

  static boolean hasNext(Iterator<?> found, List<String> failures) {
    // A broken declaration makes hasNext throw and is skipped by the next call; the bound keeps a
    // loader that never gets past one from spinning.
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        return found.hasNext();
      } catch (ServiceConfigurationError | LinkageError e) {
        failures.add(describe(e));
      }
    }
    return false;
  }

  /** The thread's loader where it sees this very interface, else the one that loaded it. */
  static ClassLoader loader(Class<?> service) {
    ClassLoader own = service.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context == null) {
      return own;
    }
    try {
      boolean same = context.loadClass(service.getName()) == service;
      return same ? context : own;
    } catch (ClassNotFoundException e) {
      return own;
    }
  }

  static String describe(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
