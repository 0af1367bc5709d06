package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Memory on a device, owned by whoever allocated it. */
public final class DeviceMemory implements AutoCloseable {
  private final NativeHandle memory;
  private final long bytes;

  DeviceMemory(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(bytes + " bytes of device memory");
    }
    this.bytes = bytes;
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
    return memory.address().address();
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
