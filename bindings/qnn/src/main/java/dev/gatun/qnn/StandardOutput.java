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
 * C's standard output, which Java does not use: the simulator prints a line there when it compiles
 * and when it runs, and flushes it, where a program may be writing JSON. GNU's C library lets a
 * program assign to {@code stdout} ("Standard Streams" in its manual); Java's {@code System.out}
 * writes to the file descriptor and stays as it is.
 */
final class StandardOutput {
  private StandardOutput() {}

  /** Once in a process. */
  private static final class Silence {
    static final boolean KEPT = keep();

    private Silence() {}
  }

  /**
   * From now on, in this process, what is printed there goes nowhere. Before the library is loaded:
   * C++'s streams keep the stream that they find when they are made.
   *
   * @return whether that was possible: with another C library it stays as it is
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
    Optional<MemorySegment> open = c.find("fopen");
    if (variable.isEmpty() || open.isEmpty()) {
      return false;
    }
    MethodHandle opening =
        Linker.nativeLinker()
            .downcallHandle(
                open.get(),
                FunctionDescriptor.of(
                    ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    MemorySegment nowhere;
    try (Arena arena = Arena.ofConfined()) {
      nowhere =
          (MemorySegment)
              opening.invokeExact(Pointers.text("/dev/null", arena), Pointers.text("w", arena));
    } catch (Throwable e) {
      throw new IllegalStateException("fopen could not be called", e);
    }
    if (nowhere.equals(MemorySegment.NULL)) {
      return false;
    }
    Pointers.view(variable.get(), ValueLayout.ADDRESS.byteSize())
        .set(ValueLayout.ADDRESS, 0, nowhere);
    return true;
  }
}
