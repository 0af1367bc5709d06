package dev.gatun.metal;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Platform;
import dev.gatun.metal.generated.objc.objc_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A GPU, as Metal sees it: from source to kernels, memory and queues. Thread-safe, as Metal's
 * device is. Not run on device.
 */
public final class Metal implements AutoCloseable {
  /** Setting: a library that has Metal's functions and classes, instead of macOS's. */
  private static final String LIBRARY = "gatun.metal.library";

  /** MTLGPUFamilyApple7. */
  private static final long FAMILY_APPLE_7 = 1007;

  /** MTLGPUFamilyApple9. */
  private static final long FAMILY_APPLE_9 = 1009;

  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/libobjc.A.dylib",
          "/System/Library/Frameworks/Foundation.framework/Foundation",
          "/System/Library/Frameworks/Metal.framework/Metal");

  private final ObjectiveC runtime;
  private final NativeHandle device;

  private Metal(ObjectiveC runtime, NativeHandle device) {
    this.runtime = runtime;
    this.device = device;
  }

  /**
   * Opens all GPUs, each to be closed.
   *
   * @param library a library that has Metal's functions and classes; empty for macOS's
   * @return at least one
   * @throws NativeCallException when there is none
   * @throws UnsatisfiedLinkError when this is no macOS, or the library does not load
   */
  public static List<Metal> open(Optional<String> library) {
    load(library);
    var runtime = new ObjectiveC();
    List<Metal> all = new ArrayList<>();
    final String function = "MTLCopyAllDevices";
    MemorySegment copied =
        ObjectiveC.require(function, objc_h.MTLCopyAllDevices(), "there is no list of devices");
    try (NativeHandle array = runtime.own("NSArray", copied);
        var _ = runtime.pool()) {
      long count = runtime.number(array.address(), "count");
      for (long i = 0; i < count; i++) {
        MemorySegment device = runtime.pointer(array.address(), "objectAtIndex:", i);
        var own = new ObjectiveC();
        all.add(new Metal(own, own.retain("MTLDevice", device)));
      }
    }
    if (all.isEmpty()) {
      throw new NativeCallException("Metal", function, 0, "this machine has no device for Metal");
    }
    return all;
  }

  private static void load(Optional<String> library) {
    if (library.isPresent()) {
      LibrarySearch.Outcome outcome =
          new LibrarySearch("Metal").explicit(LIBRARY, library).loadFor(System::load);
      if (outcome.library().isEmpty()) {
        throw new UnsatisfiedLinkError(outcome.explanation());
      }
    } else if (Platform.os().equals("macos")) {
      // They lie in the loader's cache, where there are no files to look at.
      LIBRARIES.forEach(System::load);
    } else {
      throw new UnsatisfiedLinkError("Metal is part of macOS, this is " + Platform.current());
    }
  }

  /** What is open of this device. */
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

  /** Whether host and device share one memory. */
  public boolean unified() {
    return runtime.flag(device.address(), "hasUnifiedMemory");
  }

  /**
   * Whether SIMD groups multiply matrices: from the family Apple 7 (M1, A14) on.
   *
   * <p>Source: Apple, Metal Feature Set Tables.
   */
  public boolean multipliesMatrices() {
    return runtime.flag(device.address(), "supportsFamily:", FAMILY_APPLE_7);
  }

  /**
   * Whether dispatches can be recorded ({@link #newRecording}): on all of Apple's GPUs in Macs.
   *
   * <p>Source: Apple, Metal Feature Set Tables, indirect command buffers (compute).
   */
  public boolean recordsDispatches() {
    return runtime.flag(device.address(), "supportsFamily:", FAMILY_APPLE_7);
  }

  /**
   * Whether that is to be relied on: from the family Apple 9 (M3, A17) on. Of earlier GPUs' drivers
   * others report that they fail when a pipeline was used in nothing else.
   */
  public boolean recordsReliably() {
    return runtime.flag(device.address(), "supportsFamily:", FAMILY_APPLE_9);
  }

  /** Bytes that the device can use without becoming slow. */
  public long workingSetBytes() {
    return runtime.number(device.address(), "recommendedMaxWorkingSetSize");
  }

  /** Most bytes of one buffer. */
  public long maxBufferBytes() {
    return runtime.number(device.address(), "maxBufferLength");
  }

  /** Bytes that this process has on the device. */
  public long allocatedBytes() {
    return runtime.number(device.address(), "currentAllocatedSize");
  }

  /** Most threads of a group in its first dimension. */
  public long maxThreads() {
    try (Arena arena = Arena.ofConfined()) {
      return runtime
          .size(device.address(), "maxThreadsPerThreadgroup", arena)
          .get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Bytes that the threads of a group can share. */
  public long sharedBytes() {
    return runtime.number(device.address(), "maxThreadgroupMemoryLength");
  }

  /**
   * Compiles Metal Shading Language; not with fast mathematics, under which NaN and infinity are
   * undefined.
   *
   * @throws NativeCallException with the compiler's messages
   */
  public MetalLibrary compile(String source) {
    final String message = "newLibraryWithSource:options:error:";
    try (Arena arena = Arena.ofConfined();
        var _ = runtime.pool();
        NativeHandle options = runtime.create("MTLCompileOptions")) {
      runtime.send(options.address(), "setFastMathEnabled:", false);
      MemorySegment error = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment library =
          runtime.pointer(
              device.address(), message, runtime.string(source, arena), options.address(), error);
      if (library.address() == 0) {
        throw runtime.failure(message, error.get(ValueLayout.ADDRESS, 0));
      }
      return new MetalLibrary(this, runtime.own("MTLLibrary", library));
    }
  }

  /**
   * Allocates memory that host and device share.
   *
   * @param bytes 1 to {@link #maxBufferBytes}
   * @throws NativeCallException when there is no room
   */
  public MetalBuffer allocate(long bytes) {
    if (bytes < 1 || bytes > maxBufferBytes()) {
      throw new IllegalArgumentException(
          "%d bytes of device memory; a buffer has 1 to %d".formatted(bytes, maxBufferBytes()));
    }
    final String message = "newBufferWithLength:options:";
    // MTLResourceStorageModeShared is 0.
    MemorySegment buffer = runtime.pointer(device.address(), message, bytes, 0L);
    ObjectiveC.require(message, buffer, "no room for %d bytes".formatted(bytes));
    return MetalBuffer.of(this, runtime.own("MTLBuffer", buffer), bytes);
  }

  /**
   * Lets the device use memory of the host where it is: from the first of some pieces to the last.
   * It is taken in whole pages, in several buffers when it is longer than {@link #maxBufferBytes}.
   *
   * @param pieces native, best of one mapped file, in the order of their addresses; an argument of
   *     a kernel is within one of them. They stay as they are until the buffer is closed
   * @return empty when the device does not take it, or a piece does not fit into one buffer
   */
  public Optional<MetalBuffer> wrap(List<MemorySegment> pieces) {
    return MetalBuffer.wrap(this, pieces, objc_h.NSPageSize(), maxBufferBytes());
  }

  /**
   * Room for dispatches that are to be run again and again, where {@link #recordsDispatches}.
   *
   * @param dispatches how many are put in
   * @param arguments most of one dispatch, its bytes included
   * @param parameterBytes of all arguments that are bytes, each by {@link MetalRecording#room}
   * @throws NativeCallException when there is no room
   */
  public MetalRecording newRecording(int dispatches, int arguments, long parameterBytes) {
    return new MetalRecording(this, dispatches, arguments, parameterBytes);
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
