package dev.gatun.qnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;

/**
 * Stands in for FastRPC's memory, on Linux: files of memory (memfd_create(2)), with the signatures
 * of {@code rpcmem.h}. Rejects another heap, other flags, and what it has not allocated.
 */
final class RpcStandIn {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final int SHARED = 1;
  private static final int READ_AND_WRITE = 3;

  private final Map<Long, int[]> live = new HashMap<>();

  /** What is not freed. */
  int live() {
    return live.size();
  }

  RpcMemory memory(Arena arena) throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    FunctionDescriptor allocate =
        FunctionDescriptor.of(
            ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    FunctionDescriptor free = FunctionDescriptor.ofVoid(ValueLayout.ADDRESS);
    FunctionDescriptor descriptor =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    return new RpcMemory(
        stub(lookup, "allocate", allocate, arena),
        stub(lookup, "free", free, arena),
        stub(lookup, "descriptor", descriptor, arena));
  }

  private MemorySegment stub(
      MethodHandles.Lookup lookup, String name, FunctionDescriptor function, Arena arena)
      throws ReflectiveOperationException {
    MethodType type = function.toMethodType();
    return LINKER.upcallStub(lookup.bind(this, name, type), function, arena);
  }

  private static MethodHandle c(String name, FunctionDescriptor function) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function);
  }

  MemorySegment allocate(int heap, int flags, int size) {
    assertEquals(25, heap);
    assertEquals(1, flags);
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          (int)
              c(
                      "memfd_create",
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                  .invokeExact(arena.allocateFrom("rpcmem"), 0);
      int cut =
          (int)
              c(
                      "ftruncate",
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
                  .invokeExact(fd, (long) size);
      assertEquals(0, cut);
      MemorySegment address =
          (MemorySegment)
              c(
                      "mmap",
                      FunctionDescriptor.of(
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_LONG,
                          ValueLayout.JAVA_INT,
                          ValueLayout.JAVA_INT,
                          ValueLayout.JAVA_INT,
                          ValueLayout.JAVA_LONG))
                  .invokeExact(MemorySegment.NULL, (long) size, READ_AND_WRITE, SHARED, fd, 0L);
      live.put(address.address(), new int[] {fd, size});
      return address;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  void free(MemorySegment address) {
    int[] known = live.remove(address.address());
    if (known == null) {
      throw new AssertionError("freed what was not allocated");
    }
    try {
      int unmapped =
          (int)
              c(
                      "munmap",
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG))
                  .invokeExact(address, (long) known[1]);
      int closed =
          (int)
              c("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                  .invokeExact(known[0]);
      assertEquals(0, unmapped + closed);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  int descriptor(MemorySegment address) {
    return live.get(address.address())[0];
  }
}
