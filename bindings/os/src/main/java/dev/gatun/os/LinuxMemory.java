package dev.gatun.os;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.os.generated.linux.linux_h;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Anonymous memory of Linux, with its advice for huge pages (Linux manual pages mmap(2),
 * madvise(2)). Each function is linked when it is first called, which costs milliseconds.
 */
final class LinuxMemory {
  private static final long HUGE_PAGE_BYTES = 2L << 20;
  private static final String LIBRARY = "libc";

  private LinuxMemory() {}

  /**
   * Maps zero-filled memory at a multiple of a huge page and asks for huge pages; the arena unmaps
   * it.
   *
   * @return empty when the system has no such memory
   */
  static Optional<MemorySegment> map(long bytes, Arena arena) {
    // Room to align. What is never touched is never resident.
    long mappedBytes = Math.addExact(bytes, HUGE_PAGE_BYTES);
    MemorySegment mapped =
        linux_h.mmap(
            MemorySegment.NULL,
            mappedBytes,
            linux_h.PROT_READ() | linux_h.PROT_WRITE(),
            linux_h.MAP_PRIVATE() | linux_h.MAP_ANONYMOUS(),
            -1,
            0);
    if (mapped.address() == linux_h.MAP_FAILED().address()) {
      return Optional.empty();
    }
    long address = (mapped.address() + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
    MemorySegment aligned = MemorySegment.ofAddress(address);
    // Only whole huge pages become huge, so the last part wastes nothing. A kernel without them
    // refuses the advice; then the pages are ordinary ones.
    linux_h.madvise(aligned, bytes, linux_h.MADV_HUGEPAGE());
    try {
      return Optional.of(
          aligned.reinterpret(bytes, arena, ignored -> unmap(mapped.address(), mappedBytes)));
    } catch (IllegalStateException | WrongThreadException e) {
      // The arena took no responsibility.
      unmap(mapped.address(), mappedBytes);
      throw e;
    }
  }

  /**
   * Gives memory back.
   *
   * @throws NativeCallException when the system refuses
   */
  static void unmap(long address, long bytes) {
    MemorySegment mapped = MemorySegment.ofAddress(address);
    if (linux_h.munmap(mapped, bytes) != 0) {
      throw unmapFailure(mapped, bytes);
    }
  }

  /**
   * Repeats a call that changed nothing, with a function that keeps {@code errno}; linking that one
   * always would cost every process for an error that is never seen.
   */
  private static NativeCallException unmapFailure(MemorySegment mapped, long bytes) {
    MethodHandle munmap =
        Linker.nativeLinker()
            .downcallHandle(
                linux_h.munmap$address(),
                linux_h.munmap$descriptor(),
                Linker.Option.captureCallState("errno"));
    StructLayout layout = Linker.Option.captureStateLayout();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(layout);
      int ignored = (int) munmap.invokeExact(state, mapped, bytes);
      int errno = (int) layout.varHandle(PathElement.groupElement("errno")).get(state, 0L);
      String message = linux_h.strerror(errno).getString(0);
      return new NativeCallException(LIBRARY, "munmap", errno, message);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing checked", e);
    }
  }
}
