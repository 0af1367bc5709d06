package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A mark in a stream. */
public final class CudaEvent implements AutoCloseable {
  private final CudaContext context;
  private final NativeHandle event;

  CudaEvent(CudaContext context, boolean times) {
    this.context = context;
    context.makeCurrent();
    int flags = times ? driver_h.CU_EVENT_DEFAULT() : driver_h.CU_EVENT_DISABLE_TIMING();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check("cuEventCreate", driver_h.cuEventCreate(out, flags));
      event =
          context.own(
              "CudaEvent",
              out.get(ValueLayout.ADDRESS, 0),
              address -> DriverStatus.check("cuEventDestroy", driver_h.cuEventDestroy_v2(address)));
    }
  }

  MemorySegment address() {
    return event.address();
  }

  /** Whether the work before it has ended; an error of that work appears here. */
  public boolean isDone() {
    context.makeCurrent();
    int code = driver_h.cuEventQuery(event.address());
    if (code == driver_h.CUDA_ERROR_NOT_READY()) {
      return false;
    }
    DriverStatus.check("cuEventQuery", code);
    return true;
  }

  /** Waits until the work before it has ended. */
  public void synchronize() {
    context.makeCurrent();
    DriverStatus.check("cuEventSynchronize", driver_h.cuEventSynchronize(event.address()));
  }

  /** Milliseconds between two marks with times that have both been passed. */
  public float millisSince(CudaEvent start) {
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT);
      DriverStatus.check(
          "cuEventElapsedTime",
          driver_h.cuEventElapsedTime_v2(out, start.address(), event.address()));
      return out.get(ValueLayout.JAVA_FLOAT, 0);
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    event.close();
  }
}
