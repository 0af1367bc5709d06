package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.PeakKernels;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Reading by vectors; the block product of prefill on one panel that stays in the first cache. */
public final class VectorPeaks implements PeakKernels {
  /** Steps of one product; also how many rounds one call makes. */
  private static final int STEPS = 64;

  /** Bytes of one round of reading. */
  private static final long LINE = 4L * Lanes.BYTES;

  private static final long PANEL = 4L * STEPS * TileFormat.ROWS;
  private static final long X = (long) STEPS * 4 * Activations.SLOTS;

  @Override
  public String arithmetic() {
    return "f32";
  }

  @Override
  public long read(MemorySegment memory) {
    long at = Memory.address(memory, 0, memory.byteSize());
    return sum(at, at + memory.byteSize() / LINE * LINE);
  }

  private static long sum(long from, long end) {
    IntVector a = IntVector.zero(I32);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    for (long at = from; at != end; at += LINE) {
      a = a.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(I32, ALL, at, LE));
      b =
          b.lanewise(
              VectorOperators.XOR, IntVector.fromMemorySegment(I32, ALL, at + Lanes.BYTES, LE));
      c =
          c.lanewise(
              VectorOperators.XOR,
              IntVector.fromMemorySegment(I32, ALL, at + 2L * Lanes.BYTES, LE));
      d =
          d.lanewise(
              VectorOperators.XOR,
              IntVector.fromMemorySegment(I32, ALL, at + 3L * Lanes.BYTES, LE));
    }
    return a.lanewise(VectorOperators.XOR, b)
        .lanewise(VectorOperators.XOR, c)
        .lanewise(VectorOperators.XOR, d)
        .reduceLanes(VectorOperators.XOR);
  }

  @Override
  public long multiplyAdds(int rounds, MemorySegment data) {
    long panel = Memory.address(data, 0, DATA_BYTES);
    long x = panel + PANEL;
    long y = x + X;
    int calls = rounds / STEPS;
    for (int i = 0; i < calls; i++) {
      Panels.block(Activations.GROUP, panel, STEPS, STEPS, x, y, 4L * TileFormat.ROWS);
    }
    return (long) calls * STEPS * Activations.GROUP * TileFormat.ROWS;
  }
}
