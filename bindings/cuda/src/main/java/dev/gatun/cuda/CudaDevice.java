package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One GPU. Immutable.
 *
 * @param ordinal its number
 * @param memory bytes
 * @param major of its compute capability
 * @param minor of its compute capability
 * @param sharedMemory bytes that the threads of one block can share
 * @param integrated whether it has no memory of its own but the host's
 * @param registers whether memory of the host that the program may only read can be made the
 *     device's, too ({@link CudaContext#register})
 */
public record CudaDevice(
    CudaDriver driver,
    int ordinal,
    int handle,
    String name,
    long memory,
    int major,
    int minor,
    int multiprocessors,
    int threadsPerBlock,
    int sharedMemory,
    boolean integrated,
    boolean registers) {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_BUS_ID = 32;

  static CudaDevice of(CudaDriver driver, int ordinal, int handle) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(LONGEST_NAME);
      DriverStatus.check("cuDeviceGetName", driver_h.cuDeviceGetName(name, LONGEST_NAME, handle));
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      DriverStatus.check("cuDeviceTotalMem", driver_h.cuDeviceTotalMem_v2(bytes, handle));
      return new CudaDevice(
          driver,
          ordinal,
          handle,
          name.getString(0),
          bytes.get(ValueLayout.JAVA_LONG, 0),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR()),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR()),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT()),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK()),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK()),
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_INTEGRATED()) != 0,
          attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED()) != 0
              && attribute(handle, driver_h.CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED())
                  != 0);
    }
  }

  private static int attribute(int handle, int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      DriverStatus.check(
          "cuDeviceGetAttribute", driver_h.cuDeviceGetAttribute(value, attribute, handle));
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** Its compute capability as one number, as in {@code sm_90}. */
  public int capability() {
    return 10 * major + minor;
  }

  /** Its place on the PCI bus, {@code 0000:01:00.0}: domain, bus, device, function. */
  public String pciBusId() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(LONGEST_BUS_ID);
      DriverStatus.check(
          "cuDeviceGetPCIBusId", driver_h.cuDeviceGetPCIBusId(text, LONGEST_BUS_ID, handle));
      return text.getString(0);
    }
  }

  /** Opens the device's primary context, which is shared with others in this process. */
  public CudaContext open() {
    return new CudaContext(this);
  }
}
