package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory of the host that stays where it is, so that devices copy from and to it by themselves. */
public final class PinnedMemory implements AutoCloseable {
  private final NativeHandle memory;
  private final long bytes;

  PinnedMemory(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(bytes + " bytes of pinned memory");
    }
    this.bytes = bytes;
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check("cuMemAllocHost", driver_h.cuMemAllocHost_v2(out, bytes));
      memory =
          context.own(
              "PinnedMemory",
              out.get(ValueLayout.ADDRESS, 0),
              address -> DriverStatus.check("cuMemFreeHost", driver_h.cuMemFreeHost(address)));
    }
  }

  /** The memory; not to be touched after {@link #close}, nor while a copy uses it. */
  public MemorySegment segment() {
    return Pointers.view(memory.address(), bytes);
  }

  /** Idempotent; copies that use it must have ended. */
  @Override
  public void close() {
    memory.close();
  }
}
