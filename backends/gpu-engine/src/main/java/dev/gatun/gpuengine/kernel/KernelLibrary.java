package dev.gatun.gpuengine.kernel;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuKernel;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.runtime.spi.BackendException;
import java.util.HashMap;
import java.util.Map;

/** The kernels of one device, a family compiled when its first kernel is asked for. Thread-safe. */
public final class KernelLibrary implements AutoCloseable {
  private final GpuDriver driver;
  private final KernelTexts texts;
  private final Map<String, GpuModule> modules = new HashMap<>();

  public KernelLibrary(GpuDriver driver, KernelTexts texts) {
    this.driver = driver;
    this.texts = texts;
  }

  /**
   * A kernel by its name; it lives as long as this library.
   *
   * @throws BackendException when there is none, or the device's compiler refuses its family
   */
  public synchronized GpuKernel kernel(String name) {
    String family =
        texts
            .family(name)
            .orElseThrow(() -> new BackendException("there is no GPU kernel '" + name + "'"));
    GpuModule module = modules.get(family);
    if (module == null) {
      module = driver.compile(texts.source(family, driver.language()));
      modules.put(family, module);
    }
    return module.kernel(name);
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(GpuModule::close);
    modules.clear();
  }
}
