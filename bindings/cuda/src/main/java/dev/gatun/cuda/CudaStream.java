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

  /** Sets bytes of device memory to a value. */
  public void fill(DeviceMemory target, long offset, long bytes, byte value) {
    long address = target.address(offset, bytes);
    context.makeCurrent();
    DriverStatus.check(
        "cuMemsetD8Async", driver_h.cuMemsetD8Async(address, value, bytes, stream.address()));
  }

  /**
   * Launches a kernel in blocks of one dimension, without dynamic shared memory. Allocates nothing.
   *
   * @param gridX blocks in x, at least 1
   * @param gridY in y
   * @param gridZ in z
   * @param threads of a block
   * @param arguments all that the kernel takes, in its order and sizes; copied
   */
  public void launch(
      CudaFunction function,
      int gridX,
      int gridY,
      int gridZ,
      int threads,
      KernelArguments arguments) {
    function.checkArguments(arguments);
    context.makeCurrent();
    int code =
        driver_h.cuLaunchKernel(
            function.address(),
            gridX,
            gridY,
            gridZ,
            threads,
            1,
            1,
            0,
            stream.address(),
            arguments.pointers(),
            MemorySegment.NULL);
    if (code != driver_h.CUDA_SUCCESS()) {
      DriverStatus.check("cuLaunchKernel " + function.name(), code);
    }
  }

  /**
   * Makes one piece of all that some code puts into this stream, which does not run then. The code
   * must not wait for the device, nor allocate or free its memory.
   */
  public CudaGraph capture(Runnable work) {
    context.makeCurrent();
    DriverStatus.check(
        "cuStreamBeginCapture",
        driver_h.cuStreamBeginCapture_v2(
            stream.address(), driver_h.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      try {
        work.run();
      } catch (RuntimeException e) {
        // The stream is used again: its capture must end, whatever comes of it.
        if (driver_h.cuStreamEndCapture(stream.address(), out) == driver_h.CUDA_SUCCESS()) {
          DriverStatus.check(
              "cuGraphDestroy", driver_h.cuGraphDestroy(out.get(ValueLayout.ADDRESS, 0)));
        }
        throw e;
      }
      DriverStatus.check("cuStreamEndCapture", driver_h.cuStreamEndCapture(stream.address(), out));
      return CudaGraph.of(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /** Starts all of a graph. */
  public void launch(CudaGraph graph) {
    context.makeCurrent();
    DriverStatus.check("cuGraphLaunch", driver_h.cuGraphLaunch(graph.address(), stream.address()));
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
