package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Memory that a device can address, owned by whoever allocated or registered it. */
public final class DeviceMemory implements AutoCloseable {
  private final NativeHandle memory;
  private final long bytes;

  /** From the handle's address to the device's. */
  private final long shift;

  private DeviceMemory(NativeHandle memory, long bytes, long shift) {
    this.memory = memory;
    this.bytes = bytes;
    this.shift = shift;
  }

  /** Memory of the host, which keeps it, for the device to read. */
  static DeviceMemory register(CudaContext context, MemorySegment host, long length) {
    context.makeCurrent();
    int flags = driver_h.CU_MEMHOSTREGISTER_DEVICEMAP() | driver_h.CU_MEMHOSTREGISTER_READ_ONLY();
    DriverStatus.check("cuMemHostRegister", driver_h.cuMemHostRegister_v2(host, length, flags));
    NativeHandle memory =
        context.own(
            "RegisteredMemory",
            MemorySegment.ofAddress(host.address()),
            address ->
                DriverStatus.check("cuMemHostUnregister", driver_h.cuMemHostUnregister(address)));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      DriverStatus.check(
          "cuMemHostGetDevicePointer",
          driver_h.cuMemHostGetDevicePointer_v2(out, memory.address(), 0));
      return new DeviceMemory(memory, length, out.get(ValueLayout.JAVA_LONG, 0) - host.address());
    } catch (NativeCallException e) {
      memory.close();
      throw e;
    }
  }

  DeviceMemory(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(bytes + " bytes of device memory");
    }
    this.bytes = bytes;
    shift = 0;
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      DriverStatus.check("cuMemAlloc", driver_h.cuMemAlloc_v2(out, bytes));
      memory =
          context.own(
              "DeviceMemory",
              MemorySegment.ofAddress(out.get(ValueLayout.JAVA_LONG, 0)),
              address -> DriverStatus.check("cuMemFree", driver_h.cuMemFree_v2(address.address())));
    }
  }

  /** Its size. */
  public long bytes() {
    return bytes;
  }

  /** Its address on the device, as kernels take it. */
  public long address() {
    return memory.address().address() + shift;
  }

  /** The address of a part, after its bounds are checked. */
  long address(long offset, long length) {
    return address() + Objects.checkFromIndexSize(offset, length, bytes);
  }

  /** Idempotent; work that uses it must have ended. */
  @Override
  public void close() {
    memory.close();
  }
}
