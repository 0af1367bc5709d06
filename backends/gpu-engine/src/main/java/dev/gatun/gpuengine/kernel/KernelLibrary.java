package dev.gatun.gpuengine.kernel;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuKernel;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.runtime.spi.BackendException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * The kernels of one device, a family compiled when its first kernel is asked for; one that failed
 * is tried again when it is asked for again. Thread-safe.
 */
public final class KernelLibrary implements AutoCloseable {
  private final GpuDriver driver;
  private final KernelTexts texts;
  private final Map<String, FutureTask<GpuModule>> modules = new HashMap<>();

  public KernelLibrary(GpuDriver driver, KernelTexts texts) {
    this.driver = driver;
    this.texts = texts;
  }

  /**
   * Compiles the families of many kernels, several at a time, as many as there are processors.
   *
   * @throws BackendException as {@link #kernel}
   */
  public void prepare(Collection<String> names) {
    Map<String, String> families = new LinkedHashMap<>();
    names.forEach(name -> families.putIfAbsent(family(name), name));
    int threads = Math.min(families.size(), Runtime.getRuntime().availableProcessors());
    if (threads <= 1) {
      families.keySet().forEach(this::module);
      return;
    }
    try (ExecutorService compilers = Executors.newFixedThreadPool(threads)) {
      List<Future<GpuModule>> compiled = new ArrayList<>();
      families.keySet().forEach(family -> compiled.add(compilers.submit(() -> module(family))));
      compiled.forEach(KernelLibrary::finished);
    }
  }

  /**
   * A kernel by its name; it lives as long as this library.
   *
   * @throws BackendException when there is none, or the device's compiler refuses its family
   */
  public GpuKernel kernel(String name) {
    return module(family(name)).kernel(name);
  }

  private String family(String kernel) {
    return texts
        .family(kernel)
        .orElseThrow(() -> new BackendException("there is no GPU kernel '" + kernel + "'"));
  }

  private GpuModule module(String family) {
    FutureTask<GpuModule> module;
    synchronized (this) {
      module =
          modules.computeIfAbsent(
              family,
              _ -> new FutureTask<>(() -> driver.compile(texts.source(family, driver.language()))));
    }
    // Does nothing where another thread compiles it, or has.
    module.run();
    try {
      return finished(module);
    } catch (RuntimeException | Error e) {
      forget(family, module);
      throw e;
    }
  }

  private synchronized void forget(String family, FutureTask<GpuModule> module) {
    modules.remove(family, module);
  }

  private static GpuModule finished(Future<GpuModule> module) {
    try {
      return module.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted while kernels were compiled", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        default -> throw new BackendException("kernels were not compiled: " + e.getCause(), e);
      }
    }
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(module -> finished(module).close());
    modules.clear();
  }
}
