package dev.gatun.vector.simd;

import dev.gatun.os.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Little-endian scalars at addresses.
 *
 * <p>Kernels reach memory through one constant segment: the compiler then knows its class, and the
 * code of a kernel no longer depends on which other kinds of segment the process has met before.
 */
public final class Memory {
  public static final MemorySegment ALL = NativeMemory.all();

  public static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;

  /**
   * The bits of an address. Of an address masked with it, and of one that lies a distance of less
   * than {@link #DISTANCE} behind it, the compiler knows that it is in {@link #ALL}, and does not
   * check it. In a large loop the checks may pay: between them the compiler does not move code, so
   * that fewer vectors are in registers at a time.
   */
  public static final long ADDRESS = (1L << 56) - 1;

  /** Compare {@link #ADDRESS}: the bits of a distance. */
  public static final long DISTANCE = (1L << 48) - 1;

  private Memory() {}

  /**
   * The address of {@code bytes} bytes from {@code offset} on, once they are known to be there.
   *
   * @throws IllegalArgumentException for heap memory
   * @throws IndexOutOfBoundsException when they reach beyond the segment
   */
  public static long address(MemorySegment segment, long offset, long bytes) {
    return dev.gatun.cpuengine.kernel.Memory.address(segment, offset, bytes);
  }
}
