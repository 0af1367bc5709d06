package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A kernel of a module. Thread-safe. */
public final class CudaFunction {
  private final String name;
  private final MemorySegment address;
  private final long[] parameters;
  private final int maxThreads;
  private final int localBytes;

  private CudaFunction(
      String name, MemorySegment address, long[] parameters, int maxThreads, int localBytes) {
    this.name = name;
    this.address = address;
    this.parameters = parameters;
    this.maxThreads = maxThreads;
    this.localBytes = localBytes;
  }

  static CudaFunction of(CudaContext context, String name, MemorySegment address) {
    context.makeCurrent();
    return new CudaFunction(
        name,
        address,
        parameters(address),
        attribute(address, driver_h.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK()),
        attribute(address, driver_h.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES()));
  }

  /** Bytes of each parameter; an index behind the last one is an invalid value. */
  private static long[] parameters(MemorySegment address) {
    List<Long> sizes = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
      while (true) {
        int code = driver_h.cuFuncGetParamInfo(address, sizes.size(), offset, size);
        if (code == driver_h.CUDA_ERROR_INVALID_VALUE()) {
          return sizes.stream().mapToLong(Long::longValue).toArray();
        }
        DriverStatus.check("cuFuncGetParamInfo", code);
        sizes.add(size.get(ValueLayout.JAVA_LONG, 0));
      }
    }
  }

  private static int attribute(MemorySegment address, int attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      DriverStatus.check(
          "cuFuncGetAttribute", driver_h.cuFuncGetAttribute(value, attribute, address));
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  public String name() {
    return name;
  }

  /** Most threads of a block that it can be launched with. */
  public int maxThreads() {
    return maxThreads;
  }

  /** Bytes of local memory of a thread: registers that did not suffice, and arrays. */
  public int localBytes() {
    return localBytes;
  }

  MemorySegment address() {
    return address;
  }

  /** The driver reads as many bytes as the kernel takes: fewer would be read beyond. */
  void checkArguments(KernelArguments arguments) {
    if (arguments.count() != parameters.length) {
      throw new IllegalArgumentException(
          "%s takes %d arguments, not %d".formatted(name, parameters.length, arguments.count()));
    }
    for (int i = 0; i < parameters.length; i++) {
      if (arguments.size(i) != parameters[i]) {
        throw new IllegalArgumentException(
            "argument %d of %s has %d bytes, not %d"
                .formatted(i, name, parameters[i], arguments.size(i)));
      }
    }
  }
}
