package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Work that was captured, ready to be started as one piece; made by {@link CudaStream#capture}. */
public final class CudaGraph implements AutoCloseable {
  private final NativeHandle executable;

  private CudaGraph(NativeHandle executable) {
    this.executable = executable;
  }

  /** Takes over a captured graph. */
  static CudaGraph of(CudaContext context, MemorySegment captured) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check(
          "cuGraphInstantiate", driver_h.cuGraphInstantiateWithFlags(out, captured, 0));
      return new CudaGraph(
          context.own(
              "CudaGraph",
              out.get(ValueLayout.ADDRESS, 0),
              address ->
                  DriverStatus.check("cuGraphExecDestroy", driver_h.cuGraphExecDestroy(address))));
    } finally {
      DriverStatus.check("cuGraphDestroy", driver_h.cuGraphDestroy(captured));
    }
  }

  MemorySegment address() {
    return executable.address();
  }

  /** Idempotent. */
  @Override
  public void close() {
    executable.close();
  }
}
