package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import java.lang.foreign.MemorySegment;

/** A kernel of a module. */
public final class CudaFunction {
  private final CudaContext context;
  private final String name;
  private final MemorySegment address;

  CudaFunction(CudaContext context, String name, MemorySegment address) {
    this.context = context;
    this.name = name;
    this.address = address;
  }

  public String name() {
    return name;
  }

  MemorySegment address() {
    return address;
  }

  /** Allows so many bytes of dynamic shared memory per block; above 48 KiB it must be asked for. */
  public void allowSharedMemory(int bytes) {
    context.makeCurrent();
    DriverStatus.check(
        "cuFuncSetAttribute",
        driver_h.cuFuncSetAttribute(
            address, driver_h.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), bytes));
  }
}
