package dev.gatun.vector.simd;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes of all kernels, constant in a running JVM: the compiler folds them only then.
 *
 * <p>The width is the widest that the JVM uses on this processor; the system property {@value
 * #WIDTH} (128, 256 or 512) narrows it.
 */
public final class Lanes {
  public static final String WIDTH = "gatun.vector.bits";

  public static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, shape());
  public static final VectorSpecies<Integer> I32 = F32.withLanes(int.class);

  /** As many 16-bit lanes as there are lanes in {@link #F32}. */
  public static final VectorSpecies<Short> I16 = part(short.class, 2);

  /** At least as many 8-bit lanes as there are lanes in {@link #F32}; 8 when there are 4. */
  public static final VectorSpecies<Byte> I8 = part(byte.class, 4);

  public static final int COUNT = F32.length();
  public static final int BITS = F32.vectorBitSize();

  /** Bytes of a vector of F32. */
  public static final int BYTES = F32.vectorByteSize();

  /** Whether there are 32 vector registers, not 16: AVX-512 and 64-bit Arm. */
  public static final boolean MANY_REGISTERS =
      BITS == 512 || System.getProperty("os.arch").equals("aarch64");

  public static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  private static VectorShape shape() {
    int widest = Math.min(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 512);
    int bits = Integer.getInteger(WIDTH, widest);
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException(WIDTH + " is " + bits + "; use 128, 256 or 512");
    }
    if (bits > widest) {
      throw new IllegalArgumentException(
          WIDTH + " is " + bits + ", but this JVM has vectors of " + widest + " bits here");
    }
    return VectorShape.forBitSize(bits);
  }

  private static <E> VectorSpecies<E> part(Class<E> type, int fraction) {
    int bits = Math.max(64, F32.vectorBitSize() / fraction);
    return VectorSpecies.of(type, VectorShape.forBitSize(bits));
  }
}
