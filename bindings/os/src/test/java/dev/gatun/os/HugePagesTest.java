package dev.gatun.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Memory from the facade on any system: what callers rely on wherever they are. */
class HugePagesTest {
  private static final long[] SIZES = {
    0, 1, 4096, (4L << 20) - 1, 4L << 20, (4L << 20) + 1, (9L << 20) - 64, 32L << 20
  };

  @Test
  void memoryHasItsSizeAndIsZeroToItsEnd() {
    checkAllSizes();
  }

  private static void checkAllSizes() {
    for (long size : SIZES) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = HugePages.allocate(size, arena);
        assertEquals(size, memory.byteSize());
        assertEquals(0, memory.address() % 64);
        for (long at = 0; at < size; at += 4096) {
          assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at), "byte " + at + " of " + size);
        }
        memory.fill((byte) 7);
        assertEquals(
            -1, memory.mismatch(Arena.ofAuto().allocate(size).fill((byte) 7)), "size " + size);
      }
    }
  }

  @Test
  void everySizeOnRequest() {
    System.setProperty("gatun.os.hugepages", "always");
    HugePages.prepare(1);
    try {
      checkAllSizes();
    } finally {
      System.clearProperty("gatun.os.hugepages");
    }
  }

  @Test
  void closedArenasGiveNothing() {
    Arena arena = Arena.ofShared();
    arena.close();
    assertThrows(IllegalStateException.class, () -> HugePages.allocate(8L << 20, arena));
  }

  @Test
  void memoryDiesWithItsArena() {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = HugePages.allocate(8L << 20, arena);
    }
    assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void ordinaryPagesOnRequest() {
    System.setProperty("gatun.os.hugepages", "off");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = HugePages.allocate(8L << 20, arena);
      assertEquals(8L << 20, memory.byteSize());
      assertFalse(memory.address() % (2 << 20) == 0 && Mappings.hugeAt(memory.address()));
    } finally {
      System.clearProperty("gatun.os.hugepages");
    }
  }

  @Test
  void moreThanThereIsIsAnError() {
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(OutOfMemoryError.class, () -> HugePages.allocate(1L << 60, arena));
      assertTrue(arena.scope().isAlive());
    }
  }
}
