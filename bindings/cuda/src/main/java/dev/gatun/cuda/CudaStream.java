package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A queue of work that runs in order, beside other queues. Everything but {@link #synchronize}
 * returns at once; host memory of a copy must live until the copy has ended. One thread at a time.
 */
public final class CudaStream implements AutoCloseable {
  private final CudaContext context;
  private final NativeHandle stream;

  CudaStream(CudaContext context) {
    this.context = context;
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check(
          "cuStreamCreate", driver_h.cuStreamCreate(out, driver_h.CU_STREAM_NON_BLOCKING()));
      stream =
          context.own(
              "CudaStream",
              out.get(ValueLayout.ADDRESS, 0),
              address ->
                  DriverStatus.check("cuStreamDestroy", driver_h.cuStreamDestroy_v2(address)));
    }
  }

  MemorySegment address() {
    return stream.address();
  }

  /** Copies all of a native segment to the device. */
  public void write(MemorySegment source, DeviceMemory target, long offset) {
    requireNative(source);
    long bytes = source.byteSize();
    long address = target.address(offset, bytes);
    context.makeCurrent();
    DriverStatus.check(
        "cuMemcpyHtoDAsync",
        driver_h.cuMemcpyHtoDAsync_v2(address, source, bytes, stream.address()));
  }

  /** Fills a native segment from the device. */
  public void read(DeviceMemory source, long offset, MemorySegment target) {
    requireNative(target);
    long bytes = target.byteSize();
    long address = source.address(offset, bytes);
    context.makeCurrent();
    DriverStatus.check(
        "cuMemcpyDtoHAsync",
        driver_h.cuMemcpyDtoHAsync_v2(target, address, bytes, stream.address()));
  }

  /** Copies within the device. */
  public void copy(DeviceMemory source, long from, DeviceMemory target, long to, long bytes) {
    long sourceAddress = source.address(from, bytes);
    long targetAddress = target.address(to, bytes);
    context.makeCurrent();
    DriverStatus.check(
        "cuMemcpyDtoDAsync",
        driver_h.cuMemcpyDtoDAsync_v2(targetAddress, sourceAddress, bytes, stream.address()));
  }

  /** Sets every byte of device memory. */
  public void fill(DeviceMemory target, byte value) {
    context.makeCurrent();
    DriverStatus.check(
        "cuMemsetD8Async",
        driver_h.cuMemsetD8Async(target.address(), value, target.bytes(), stream.address()));
  }

  /**
   * Launches a kernel.
   *
   * @param grid blocks in x, y, z
   * @param block threads of a block in x, y, z
   * @param sharedBytes of dynamic shared memory per block
   * @param arguments in the kernel's order; copied
   */
  public void launch(
      CudaFunction function, Size grid, Size block, int sharedBytes, KernelArguments arguments) {
    context.makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      DriverStatus.check(
          "cuLaunchKernel " + function.name(),
          driver_h.cuLaunchKernel(
              function.address(),
              grid.x(),
              grid.y(),
              grid.z(),
              block.x(),
              block.y(),
              block.z(),
              sharedBytes,
              stream.address(),
              arguments.pointers(arena),
              MemorySegment.NULL));
    }
  }

  /** Three extents, each at least 1. */
  public record Size(int x, int y, int z) {
    public Size {
      if (x < 1 || y < 1 || z < 1) {
        throw new IllegalArgumentException("an extent of a launch is at least 1");
      }
    }

    /** One dimension. */
    public static Size of(int x) {
      return new Size(x, 1, 1);
    }
  }

  /** Marks this place. */
  public void record(CudaEvent event) {
    context.makeCurrent();
    DriverStatus.check("cuEventRecord", driver_h.cuEventRecord(event.address(), stream.address()));
  }

  /** Lets later work of this stream wait for a mark of another one. */
  public void await(CudaEvent event) {
    context.makeCurrent();
    DriverStatus.check(
        "cuStreamWaitEvent", driver_h.cuStreamWaitEvent(stream.address(), event.address(), 0));
  }

  /** Waits until all work has ended; errors of the work appear here. */
  public void synchronize() {
    context.makeCurrent();
    DriverStatus.check("cuStreamSynchronize", driver_h.cuStreamSynchronize(stream.address()));
  }

  private static void requireNative(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("a copy needs memory outside the heap");
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    stream.close();
  }
}
