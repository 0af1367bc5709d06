package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.LoadedLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The driver, loaded and initialized. Once per class loader; never unloaded. Thread-safe. */
public final class CudaDriver {
  private final LoadedLibrary library;
  private final int version;
  private final LiveHandles handles = new LiveHandles();

  private CudaDriver(LoadedLibrary library) {
    this.library = library;
    DriverStatus.check("cuInit", driver_h.cuInit(0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
      DriverStatus.check("cuDriverGetVersion", driver_h.cuDriverGetVersion(number));
      version = number.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /**
   * Where the driver may be; it comes with the GPU, never with Gatun.
   *
   * @param setting name of the setting that may name its file
   * @param file what it names
   */
  public static LibrarySearch search(String setting, Optional<String> file) {
    return new LibrarySearch("the CUDA driver")
        .explicit(setting, file)
        .system("libcuda.so.1", "nvcuda.dll");
  }

  /** Loads and initializes the driver; a failure names its code, such as a missing device. */
  public static Loading<CudaDriver> load(LibrarySearch search) {
    return Loading.of(search, CudaDriver::new);
  }

  /** The newest CUDA that the driver speaks: {@code 13.0}. */
  public String version() {
    return major() + "." + version % 1000 / 10;
  }

  /** The generation of that CUDA: 13. A driver takes machine code of its own and of older ones. */
  public int major() {
    return version / 1000;
  }

  /** Where it was found. */
  public String place() {
    return library.place();
  }

  /** What is open of all devices. */
  public LiveHandles handles() {
    return handles;
  }

  /** All devices, in the driver's order. */
  public List<CudaDevice> devices() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
      DriverStatus.check("cuDeviceGetCount", driver_h.cuDeviceGetCount(number));
      int count = number.get(ValueLayout.JAVA_INT, 0);
      List<CudaDevice> devices = new ArrayList<>();
      for (int ordinal = 0; ordinal < count; ordinal++) {
        DriverStatus.check("cuDeviceGet", driver_h.cuDeviceGet(number, ordinal));
        devices.add(CudaDevice.of(this, ordinal, number.get(ValueLayout.JAVA_INT, 0)));
      }
      return devices;
    }
  }
}
