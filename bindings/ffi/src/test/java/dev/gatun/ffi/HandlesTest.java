package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ownership of native things, and their text. */
class HandlesTest {
  @Test
  void aDestructorRunsOnceAndTheCountFollows() {
    var live = new LiveHandles();
    var destroyed = new ArrayList<Long>();
    NativeHandle first =
        live.own("Thing", MemorySegment.ofAddress(16), it -> destroyed.add(it.address()));
    NativeHandle second =
        live.own("Other", MemorySegment.ofAddress(32), it -> destroyed.add(it.address()));
    assertEquals(Map.of("Thing", 1L, "Other", 1L), live.byKind());
    assertEquals(16, first.address().address());
    first.close();
    first.close();
    assertEquals(Map.of("Other", 1L), live.byKind());
    assertEquals(1, live.total());
    assertFalse(first.isOpen());
    assertEquals(
        "Thing is closed", assertThrows(IllegalStateException.class, first::address).getMessage());
    second.close();
    assertEquals(java.util.List.of(16L, 32L), destroyed);
    assertEquals(0, live.total());
  }

  @Test
  void nullIsNothingToOwn() {
    var live = new LiveHandles();
    assertThrows(
        IllegalArgumentException.class, () -> live.own("Thing", MemorySegment.NULL, it -> {}));
    assertEquals(0, live.total());
  }

  @Test
  void textGoesThereAndBack() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = Pointers.text("Schleuse Ω 🚢", arena);
      assertEquals(
          Optional.of("Schleuse Ω 🚢"), Pointers.text(MemorySegment.ofAddress(text.address())));
      assertEquals(Optional.empty(), Pointers.text(MemorySegment.NULL));
      assertThrows(IllegalArgumentException.class, () -> Pointers.text("a\0b", arena));
    }
  }
}
