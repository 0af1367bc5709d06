package dev.gatun.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Pointers that a library gives, and text in UTF-8. */
public final class Pointers {
  private Pointers() {}

  /**
   * Memory behind a pointer.
   *
   * @param bytes how many the library promises; nothing checks that
   * @return a segment that is valid as long as the library says, which the caller must know
   */
  public static MemorySegment view(MemorySegment pointer, long bytes) {
    return pointer.reinterpret(bytes);
  }

  /** The pointer that a call stored at the start of a segment. */
  public static MemorySegment read(MemorySegment holder) {
    return holder.get(ValueLayout.ADDRESS, 0);
  }

  /** The pointer at an index of an array of pointers, which has at least {@code index + 1}. */
  public static MemorySegment read(MemorySegment array, long index) {
    return view(array, Math.multiplyExact(index + 1, ValueLayout.ADDRESS.byteSize()))
        .getAtIndex(ValueLayout.ADDRESS, index);
  }

  /** Copies a text that ends with NUL; empty for a NULL pointer. Damaged UTF-8 becomes U+FFFD. */
  public static Optional<String> text(MemorySegment pointer) {
    return pointer.address() == 0
        ? Optional.empty()
        : Optional.of(view(pointer, Long.MAX_VALUE).getString(0));
  }

  /**
   * A text for a call, with NUL at its end.
   *
   * @throws IllegalArgumentException when the text has a NUL, where the library would end it
   */
  public static MemorySegment text(String text, SegmentAllocator allocator) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text for a native library contains NUL: " + text);
    }
    return allocator.allocateFrom(text, StandardCharsets.UTF_8);
  }
}
