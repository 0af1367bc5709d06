package dev.gatun.qnn;

import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * C's standard output, which Java does not use: the simulator prints a line there when it runs,
 * where a program may be writing JSON. The line is kept in the stream's buffer, and dropped from it
 * before the process ends (GNU C library manual, "Controlling Buffering" and {@code __fpurge}).
 */
final class StandardOutput {
  private static final int FULL_BUFFERING = 0;
  private static final long BUFFER_BYTES = 1 << 16;

  private StandardOutput() {}

  /** Once in a process. */
  private static final class Silence {
    static final boolean KEPT = keep();

    private Silence() {}
  }

  /**
   * From now on, in this process.
   *
   * @return whether that was possible: with another C library what is printed stays where it is
   */
  static boolean silence() {
    return Silence.KEPT;
  }

  private static boolean keep() {
    SymbolLookup c;
    try {
      c = SymbolLookup.libraryLookup("libc.so.6", Arena.global());
    } catch (IllegalArgumentException e) {
      return false;
    }
    Optional<MemorySegment> variable = c.find("stdout");
    Optional<MemorySegment> setBuffer = c.find("setvbuf");
    Optional<MemorySegment> purge = c.find("__fpurge");
    if (variable.isEmpty() || setBuffer.isEmpty() || purge.isEmpty()) {
      return false;
    }
    MemorySegment stream =
        Pointers.read(Pointers.view(variable.get(), ValueLayout.ADDRESS.byteSize()));
    Linker linker = Linker.nativeLinker();
    MethodHandle buffering =
        linker.downcallHandle(
            setBuffer.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    MethodHandle purging =
        linker.downcallHandle(purge.get(), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    try {
      int _ = (int) buffering.invokeExact(stream, MemorySegment.NULL, FULL_BUFFERING, BUFFER_BYTES);
    } catch (Throwable e) {
      throw unexpected(e);
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                purging.invokeExact(stream);
              } catch (Throwable e) {
                throw unexpected(e);
              }
            }));
    return true;
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
