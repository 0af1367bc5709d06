package dev.gatun.qnn;

import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/**
 * Sends what C code prints to standard error: the simulator prints a line when it starts to run,
 * where a program may be writing JSON. In the GNU C library {@code stdout} is a variable that may
 * be set (its manual, "Standard Streams"); Java's own standard output is another one.
 */
final class StandardOutput {
  private StandardOutput() {}

  /** From now on, in this process. Where there is no such variable nothing happens. */
  static void toError() {
    try {
      SymbolLookup c = SymbolLookup.libraryLookup("libc.so.6", Arena.global());
      var out = c.find("stdout");
      var error = c.find("stderr");
      if (out.isPresent() && error.isPresent()) {
        MemorySegment variable = Pointers.view(out.get(), ValueLayout.ADDRESS.byteSize());
        MemorySegment other = Pointers.view(error.get(), ValueLayout.ADDRESS.byteSize());
        variable.set(ValueLayout.ADDRESS, 0, Pointers.read(other));
      }
    } catch (IllegalArgumentException e) {
      // Another C library: what is printed stays where it is.
    }
  }
}
