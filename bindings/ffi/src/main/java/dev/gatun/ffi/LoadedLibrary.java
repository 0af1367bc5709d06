package dev.gatun.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/**
 * A library of this process; it is never unloaded.
 *
 * @param name the library's name, for people
 * @param place where it was found, for people: {@code packaged …}, {@code system: …}
 * @param file the file that was loaded
 * @param symbols its own symbols and those of what it needs, no other library's
 */
public record LoadedLibrary(String name, String place, Path file, SymbolLookup symbols) {
  /**
   * The address of a function.
   *
   * @throws UnsatisfiedLinkError naming function, library and file when there is none
   */
  public MemorySegment function(String function) {
    return symbols
        .find(function)
        .orElseThrow(() ->
            new UnsatisfiedLinkError(
                "%s of %s has no function %s".formatted(file, name, function)));
  }
}
