package dev.gatun.cuda;

import dev.gatun.cuda.generated.nvml.nvml_h;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * NVML, which comes with NVIDIA's driver and tells what GPUs are doing. Each instance holds one of
 * the library's counted initializations until it is closed. Loaded once per class loader.
 * Thread-safe.
 */
public final class Nvml implements AutoCloseable {
  private static final String LIBRARY = "NVML";

  private final LoadedLibrary library;
  private boolean closed;

  private Nvml(LoadedLibrary library) {
    this.library = library;
    check("nvmlInit", nvml_h.nvmlInit_v2());
  }

  /**
   * Where the library may be; it comes with the driver, never with Gatun.
   *
   * @param setting name of the setting that may name its file
   * @param file what it names
   */
  public static LibrarySearch search(String setting, Optional<String> file) {
    return new LibrarySearch(LIBRARY)
        .explicit(setting, file)
        .system("libnvidia-ml.so.1", "nvml.dll");
  }

  /** Loads and initializes the library; a failure names its code. */
  public static Loading<Nvml> load(LibrarySearch search) {
    return Loading.of(search, Nvml::new);
  }

  /** Where it was found. */
  public String place() {
    return library.place();
  }

  /**
   * The GPU at a place on the PCI bus: NVML counts GPUs in another order than the driver.
   *
   * @param busId {@link CudaDevice#pciBusId()}
   * @throws NativeCallException when there is none
   */
  public synchronized NvmlDevice device(String busId) {
    requireOpen();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      check(
          "nvmlDeviceGetHandleByPciBusId",
          nvml_h.nvmlDeviceGetHandleByPciBusId_v2(Pointers.text(busId, arena), out));
      return new NvmlDevice(this, Pointers.read(out));
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("NVML is closed");
    }
  }

  static void check(String function, int code) {
    if (code != nvml_h.NVML_SUCCESS()) {
      throw new NativeCallException(
          LIBRARY,
          function,
          code,
          Pointers.text(nvml_h.nvmlErrorString(code)).orElse("no message"));
    }
  }

  /** Gives the initialization back; devices are of no use afterwards. Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      check("nvmlShutdown", nvml_h.nvmlShutdown());
    }
  }
}
