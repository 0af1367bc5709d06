package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Decodes through the block formats of the tensor module. */
public final class ScalarRowDecoder implements RowDecoder {
  private final BlockFormat format;
  private final byte[] bytes;
  private final float[] floats;

  /**
   * @param elements elements of a row, whole blocks
   */
  public ScalarRowDecoder(DType stored, int elements) {
    format = BlockFormat.of(stored);
    bytes = new byte[Math.toIntExact(stored.byteSize(elements))];
    floats = new float[elements];
  }

  @Override
  public String name() {
    return "scalar.decode";
  }

  @Override
  public void decode(MemorySegment stored, long storedOffset, MemorySegment y, long yOffset) {
    MemorySegment.copy(stored, ValueLayout.JAVA_BYTE, storedOffset, bytes, 0, bytes.length);
    format.decode(bytes, 0, floats, 0, floats.length);
    MemorySegment.copy(floats, 0, y, ValueLayout.JAVA_FLOAT_UNALIGNED, yOffset, floats.length);
  }
}
