package dev.gatun.qnn;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.LoadedLibrary;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory that the processors of a Snapdragon share, of Qualcomm's library for calls between them
 * ({@code libcdsprpc.so}; its functions are those of {@code rpcmem.h} in Qualcomm's open project
 * fastrpc). Linux and Android. Not run on device. Thread-safe.
 */
public final class RpcMemory {
  /** The system's heap, and no flag but the usual one: cached for the CPU. */
  private static final int HEAP_SYSTEM = 25;

  private static final int FLAGS = 1;

  private final MethodHandle allocate;
  private final MethodHandle free;
  private final MethodHandle descriptor;

  /** By the addresses of its functions. */
  RpcMemory(MemorySegment allocate, MemorySegment free, MemorySegment descriptor) {
    Linker linker = Linker.nativeLinker();
    this.allocate =
        linker.downcallHandle(
            allocate,
            FunctionDescriptor.of(
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    this.free = linker.downcallHandle(free, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    this.descriptor =
        linker.downcallHandle(
            descriptor, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /**
   * Loads the library.
   *
   * @throws UnsatisfiedLinkError with what was tried, when there is none or it lacks a function
   */
  public static RpcMemory load() {
    LibrarySearch.Outcome outcome = new LibrarySearch("FastRPC").system("libcdsprpc.so").load();
    LoadedLibrary library =
        outcome.library().orElseThrow(() -> new UnsatisfiedLinkError(outcome.explanation()));
    return new RpcMemory(
        library.function("rpcmem_alloc"),
        library.function("rpcmem_free"),
        library.function("rpcmem_to_fd"));
  }

  /**
   * Allocates.
   *
   * @param bytes at least 1, below 2 GiB
   * @throws NativeCallException when there is no memory left
   */
  public Buffer allocate(long bytes) {
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(bytes + " bytes of shared memory");
    }
    try {
      MemorySegment address = (MemorySegment) allocate.invokeExact(HEAP_SYSTEM, FLAGS, (int) bytes);
      if (address.equals(MemorySegment.NULL)) {
        throw failed("rpcmem_alloc", "no %d bytes of shared memory".formatted(bytes));
      }
      int fd = (int) descriptor.invokeExact(address);
      Buffer buffer = new Buffer(Pointers.view(address, bytes), fd);
      if (fd < 0) {
        buffer.close();
        throw failed("rpcmem_to_fd", "the memory has no file descriptor");
      }
      return buffer;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("FastRPC could not be called", e);
    }
  }

  private static NativeCallException failed(String function, String message) {
    return new NativeCallException("FastRPC", function, 0, message);
  }

  /** Shared memory, until it is closed. */
  public final class Buffer implements AutoCloseable {
    private final MemorySegment memory;
    private final int fd;
    private boolean open = true;

    private Buffer(MemorySegment memory, int fd) {
      this.memory = memory;
      this.fd = fd;
    }

    /** As the CPU sees it. */
    public MemorySegment memory() {
      return memory;
    }

    int descriptor() {
      return fd;
    }

    /** Idempotent; after what was told of it. */
    @Override
    public void close() {
      if (open) {
        open = false;
        try {
          free.invokeExact(memory);
        } catch (Throwable e) {
          throw new IllegalStateException("rpcmem_free could not be called", e);
        }
      }
    }
  }
}
