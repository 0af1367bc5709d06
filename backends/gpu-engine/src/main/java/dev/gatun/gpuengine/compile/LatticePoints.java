package dev.gatun.gpuengine.compile;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Lattices;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The points of all IQ formats' lattices as kernels read them ({@code native/gpu/src/lattice.h}): a
 * 16-bit number a point, with two or three bits for each of its levels, the first one lowest.
 */
final class LatticePoints {
  private static final DType[] ORDER = {
    DType.IQ2_XXS, DType.IQ2_XS, DType.IQ2_S, DType.IQ3_XXS, DType.IQ3_S, DType.IQ1_S
  };

  private LatticePoints() {}

  /** Whether kernels for a format read a lattice. */
  static boolean isReadBy(DType format) {
    return switch (format) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S -> true;
      default -> false;
    };
  }

  static long bytes() {
    long points = 0;
    for (DType format : ORDER) {
      points += Lattices.levels(format).length / Lattices.groupSize(format);
    }
    return 2 * points;
  }

  static void write(MemorySegment target) {
    long at = 0;
    for (DType format : ORDER) {
      byte[] levels = Lattices.levels(format);
      int size = Lattices.groupSize(format);
      int bits = size == 4 ? 3 : 2;
      for (int point = 0; point < levels.length; point += size) {
        int packed = 0;
        for (int i = 0; i < size; i++) {
          packed |= levels[point + i] << (bits * i);
        }
        target.set(ValueLayout.JAVA_SHORT, at, (short) packed);
        at += 2;
      }
    }
  }
}
