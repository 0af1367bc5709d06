package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Compiled kernels on a device. */
public final class CudaModule implements AutoCloseable {
  private final CudaContext context;
  private final NativeHandle module;

  CudaModule(CudaContext context, byte[] image) {
    this.context = context;
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      // PTX is a text that ends with NUL.
      MemorySegment text = arena.allocate(image.length + 1L);
      MemorySegment.copy(image, 0, text, ValueLayout.JAVA_BYTE, 0, image.length);
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check("cuModuleLoadData", driver_h.cuModuleLoadData(out, text));
      module =
          context.own(
              "CudaModule",
              out.get(ValueLayout.ADDRESS, 0),
              address -> DriverStatus.check("cuModuleUnload", driver_h.cuModuleUnload(address)));
    }
  }

  /** A kernel by its name in the image; lives as long as the module. */
  public CudaFunction function(String name) {
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check(
          "cuModuleGetFunction " + name,
          driver_h.cuModuleGetFunction(out, module.address(), Pointers.text(name, arena)));
      return CudaFunction.of(context, name, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    module.close();
  }
}
