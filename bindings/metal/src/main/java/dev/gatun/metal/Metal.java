package dev.gatun.metal;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Platform;
import dev.gatun.metal.generated.objc.objc_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Metal on the system's default device: from source to kernels, memory and queues. Thread-safe, as
 * Metal's device is. Not run on device.
 */
public final class Metal implements AutoCloseable {
  /** Core Graphics is what makes a default device exist outside applications. */
  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/libobjc.A.dylib",
          "/System/Library/Frameworks/Foundation.framework/Foundation",
          "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics",
          "/System/Library/Frameworks/Metal.framework/Metal");

  private final ObjectiveC runtime = new ObjectiveC();
  private final NativeHandle device;

  private Metal() {
    MemorySegment found =
        ObjectiveC.require(
            "MTLCreateSystemDefaultDevice",
            objc_h.MTLCreateSystemDefaultDevice(),
            "this machine has no device for Metal");
    device = runtime.own("MTLDevice", found);
  }

  /**
   * Opens the default device; on macOS only.
   *
   * @throws NativeCallException when there is none
   * @throws UnsatisfiedLinkError when this is no macOS
   */
  public static Metal open() {
    if (!Platform.os().equals("macos")) {
      throw new UnsatisfiedLinkError("Metal is part of macOS, this is " + Platform.current());
    }
    // They lie in the loader's cache, where there are no files to look at.
    LIBRARIES.forEach(System::load);
    return new Metal();
  }

  /** For tests: another library that has the functions. */
  static Metal open(String library) {
    System.load(library);
    return new Metal();
  }

  /** What is open. */
  public LiveHandles handles() {
    return runtime.handles();
  }

  ObjectiveC runtime() {
    return runtime;
  }

  MemorySegment address() {
    return device.address();
  }

  /** The device's name. */
  public String name() {
    try (var _ = runtime.pool()) {
      return runtime.text(runtime.pointer(device.address(), "name"));
    }
  }

  /**
   * Compiles Metal Shading Language.
   *
   * @throws NativeCallException with the compiler's messages
   */
  public MetalLibrary compile(String source) {
    final String message = "newLibraryWithSource:options:error:";
    try (Arena arena = Arena.ofConfined();
        var _ = runtime.pool()) {
      MemorySegment error = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment library =
          runtime.pointer(
              device.address(), message, runtime.string(source, arena), MemorySegment.NULL, error);
      if (library.address() == 0) {
        throw new NativeCallException(
            "Metal", message, 0, runtime.describe(error.get(ValueLayout.ADDRESS, 0)));
      }
      return new MetalLibrary(this, runtime.own("MTLLibrary", library));
    }
  }

  /**
   * Allocates memory that host and device share.
   *
   * @param bytes at least 1
   */
  public MetalBuffer allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(bytes + " bytes of device memory");
    }
    final String message = "newBufferWithLength:options:";
    // MTLResourceStorageModeShared is 0.
    MemorySegment buffer = runtime.pointer(device.address(), message, bytes, 0L);
    ObjectiveC.require(message, buffer, "no room for %d bytes".formatted(bytes));
    return new MetalBuffer(this, runtime.own("MTLBuffer", buffer), bytes);
  }

  /** A queue whose work runs in order. */
  public MetalQueue newQueue() {
    MemorySegment queue = runtime.pointer(device.address(), "newCommandQueue");
    ObjectiveC.require("newCommandQueue", queue, "the device gives no queue");
    return new MetalQueue(this, runtime.own("MTLCommandQueue", queue));
  }

  /** Idempotent; after everything that was made of it. */
  @Override
  public void close() {
    device.close();
  }
}
