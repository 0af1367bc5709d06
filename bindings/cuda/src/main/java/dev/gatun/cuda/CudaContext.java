package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A device's primary context: what is allocated, loaded and queued on it. Any thread may use it;
 * each call makes it the thread's current one. Closed after everything that it made.
 */
public final class CudaContext implements AutoCloseable {
  private final CudaDevice device;
  private final LiveHandles handles;
  private final NativeHandle context;

  CudaContext(CudaDevice device) {
    this.device = device;
    handles = device.driver().handles();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      DriverStatus.check(
          "cuDevicePrimaryCtxRetain", driver_h.cuDevicePrimaryCtxRetain(out, device.handle()));
      context =
          handles.own(
              "CudaContext",
              out.get(ValueLayout.ADDRESS, 0),
              address ->
                  DriverStatus.check(
                      "cuDevicePrimaryCtxRelease",
                      driver_h.cuDevicePrimaryCtxRelease_v2(device.handle())));
    }
  }

  public CudaDevice device() {
    return device;
  }

  /** Makes this the calling thread's context. */
  void makeCurrent() {
    DriverStatus.check("cuCtxSetCurrent", driver_h.cuCtxSetCurrent(context.address()));
  }

  NativeHandle own(String kind, MemorySegment address, Destructor destructor) {
    return handles.own(
        kind,
        address,
        closing -> {
          try {
            makeCurrent();
            destructor.destroy(closing);
          } catch (NativeCallException e) {
            // A context whose work failed answers every call with that failure, which was told
            // then;
            // what is its own goes with it.
            if (DriverFailure.of(e) != DriverFailure.LOST) {
              throw e;
            }
          }
        });
  }

  /** Frees something whose context is current. */
  interface Destructor {
    void destroy(MemorySegment address);
  }

  /** Bytes of device memory that are free now. */
  public long freeMemory() {
    makeCurrent();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
      DriverStatus.check("cuMemGetInfo", driver_h.cuMemGetInfo_v2(free, total));
      return free.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Allocates device memory, whose content is undefined.
   *
   * @param bytes at least 1
   */
  public DeviceMemory allocate(long bytes) {
    return new DeviceMemory(this, bytes);
  }

  /**
   * Lets the device read memory of the host where it is, up to the end of a piece that may follow.
   *
   * @param first native, best a mapped file; where the memory starts
   * @param last where it ends; may be the first. Its pages stay as they are until the result is
   *     closed, and are not registered a second time
   * @throws NativeCallException when the driver does not take it
   */
  public DeviceMemory register(MemorySegment first, MemorySegment last) {
    return DeviceMemory.register(this, first, last.address() + last.byteSize() - first.address());
  }

  /**
   * Allocates pinned memory of the host.
   *
   * @param bytes at least 1
   */
  public PinnedMemory allocatePinned(long bytes) {
    return new PinnedMemory(this, bytes);
  }

  /** A queue of work that runs in order. */
  public CudaStream newStream() {
    return new CudaStream(this);
  }

  /** A mark in a stream; with times, two of them measure. */
  public CudaEvent newEvent(boolean times) {
    return new CudaEvent(this, times);
  }

  /**
   * Loads compiled kernels.
   *
   * @param image PTX, or a cubin for this device's architecture
   */
  public CudaModule load(byte[] image) {
    return new CudaModule(this, image);
  }

  /** Idempotent. */
  @Override
  public void close() {
    context.close();
  }
}
