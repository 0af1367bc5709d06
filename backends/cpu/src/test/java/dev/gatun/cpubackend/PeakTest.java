package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.PeakKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loops behind rooflines do what they count. */
class PeakTest {
  static List<KernelSet> sets() {
    return Library.sets();
  }

  @ParameterizedTest
  @MethodSource("sets")
  void everyByteIsRead(KernelSet set) {
    PeakKernels peaks = set.peaks().orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(1031, 64);
      long zero = peaks.read(memory);
      assertEquals(0, zero);
      for (long i = 0; i < memory.byteSize(); i++) {
        memory.set(ValueLayout.JAVA_BYTE, i, (byte) 1);
        assertNotEquals(zero, peaks.read(memory), "byte " + i);
        memory.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void multiplyAddsAreMade(KernelSet set) {
    PeakKernels peaks = set.peaks().orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(PeakKernels.DATA_BYTES, 64).fill((byte) 1);
      long count = peaks.multiplyAdds(100, data);
      assertEquals(count, 2 * peaks.multiplyAdds(50, arena.allocate(PeakKernels.DATA_BYTES, 64)));
      // Every sum is of 100 groups of four products 1 * 1.
      long lanes = count / 400;
      for (long i = 0; i < lanes; i++) {
        assertEquals(400, data.getAtIndex(ValueLayout.JAVA_INT, i), "sum " + i);
      }
      assertTrue(lanes > 0);
    }
  }
}
