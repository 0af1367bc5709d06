package dev.gatun.engine.memory;

import dev.gatun.graph.Constant;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Native copies of constants that kernels read as they are: floating-point formats as F32, others
 * unchanged.
 */
public final class Constants {
  private static final int CHUNK = 1 << 16;
  private static final int ALIGNMENT = 64;

  private final Storages storages;
  private final SegmentAllocator memory;
  private final Map<Integer, Operand> copies = new HashMap<>();
  private final Map<Integer, Operand> stored = new HashMap<>();

  /**
   * @param memory gives the copies their memory
   */
  public Constants(Storages storages, SegmentAllocator memory) {
    this.storages = storages;
    this.memory = memory;
  }

  /** A constant whose floating-point numbers are F32. */
  public Operand plain(Constant constant) {
    return copies.computeIfAbsent(
        constant.value().id(), id -> storages.constant(copy(constant.data())));
  }

  /** A constant that is made of others. */
  public Operand floats(float[] values) {
    MemorySegment copy = memory.allocate(Math.max(4L * values.length, 1), ALIGNMENT);
    MemorySegment.copy(values, 0, copy, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
    return storages.constant(copy);
  }

  /** A constant that is written by {@code writer}, to memory at its start. */
  public Operand written(long bytes, Consumer<MemorySegment> writer) {
    MemorySegment copy = memory.allocate(Math.max(bytes, 1), ALIGNMENT);
    writer.accept(copy);
    return storages.constant(copy);
  }

  /** A constant as the model stores it. */
  public Operand stored(Constant constant) {
    return stored.computeIfAbsent(
        constant.value().id(), id -> storages.constant(constant.data().data()));
  }

  /** Bytes of an element of the copy per byte of the stored one. */
  public long widening(DType stored) {
    return stored.isFloat() ? 4 / Math.min(4, stored.blockBytes()) : 1;
  }

  private MemorySegment copy(Tensor data) {
    boolean converted = data.dtype().isBlocked() || data.dtype().isFloat();
    long elements = data.shape().elements();
    long bytes = converted ? 4 * elements : data.data().byteSize();
    MemorySegment copy = memory.allocate(Math.max(bytes, 1), ALIGNMENT);
    if (!converted || data.dtype() == DType.F32) {
      MemorySegment.copy(data.data(), 0, copy, 0, bytes);
      return copy;
    }
    BlockFormat format = BlockFormat.of(data.dtype());
    int chunk = CHUNK / data.dtype().blockElements() * data.dtype().blockElements();
    float[] decoded = new float[(int) Math.min(chunk, elements)];
    for (long i = 0; i < elements; i += chunk) {
      int count = (int) Math.min(chunk, elements - i);
      format.decode(data.data(), data.dtype().byteSize(i), decoded, 0, count);
      MemorySegment.copy(decoded, 0, copy, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, count);
    }
    return copy;
  }
}
