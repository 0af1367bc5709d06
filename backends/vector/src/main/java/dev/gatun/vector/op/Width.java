package dev.gatun.vector.op;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes of these kernels, constant in a running JVM. The widest that the JVM uses here,
 * narrowed by the system property {@code gatun.vector.bits}.
 */
final class Width {
  static final int BITS = bits();
  static final VectorSpecies<Float> F32 =
      VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
  static final VectorSpecies<Integer> I32 = F32.withLanes(int.class);

  /** As many 16-bit lanes as there are lanes in {@link #F32}. */
  static final VectorSpecies<Short> I16 =
      VectorSpecies.of(short.class, VectorShape.forBitSize(BITS / 2));

  static final int LANES = F32.length();

  /** Bytes of a vector of F32. */
  static final int BYTES = BITS / 8;

  static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  private Width() {}

  private static int bits() {
    int widest = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    return Math.min(widest, Integer.getInteger("gatun.vector.bits", widest));
  }

  /** All lanes alike. */
  static FloatVector fill(float value) {
    return FloatVector.broadcast(F32, value);
  }

  /** All lanes alike. */
  static IntVector fill(int value) {
    return IntVector.broadcast(I32, value);
  }
}
