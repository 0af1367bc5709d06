package dev.gatun.cpuengine.compile;

import dev.gatun.cpuengine.step.Operand;
import dev.gatun.graph.Constant;
import dev.gatun.os.HugePages;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Native copies of constants that kernels read as they are: floating-point formats as F32, others
 * unchanged.
 */
final class Constants {
  private static final int CHUNK = 1 << 16;

  private final Lowering lowering;
  private final Arena memory;
  private final Map<Integer, Operand> copies = new HashMap<>();
  private final Map<Integer, Operand> stored = new HashMap<>();

  Constants(Lowering lowering, Arena memory) {
    this.lowering = lowering;
    this.memory = memory;
  }

  Operand plain(Constant constant) {
    return copies.computeIfAbsent(
        constant.value().id(), id -> lowering.storages.constant(copy(constant.data())));
  }

  /** A constant that is made of others. */
  Operand floats(float[] values) {
    MemorySegment copy = HugePages.allocate(Math.max(4L * values.length, 1), memory);
    MemorySegment.copy(values, 0, copy, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
    return lowering.storages.constant(copy);
  }

  /** A constant that is written by {@code writer}, to memory at its start. */
  Operand written(long bytes, Consumer<MemorySegment> writer) {
    MemorySegment copy = HugePages.allocate(Math.max(bytes, 1), memory);
    writer.accept(copy);
    return lowering.storages.constant(copy);
  }

  /** A constant as the model stores it. */
  Operand stored(Constant constant) {
    return stored.computeIfAbsent(
        constant.value().id(), id -> lowering.storages.constant(constant.data().data()));
  }

  /** Bytes of an element of the copy per byte of the stored one. */
  long widening(DType stored) {
    return stored.isFloat() ? 4 / Math.min(4, stored.blockBytes()) : 1;
  }

  private MemorySegment copy(Tensor data) {
    boolean converted = data.dtype().isBlocked() || data.dtype().isFloat();
    long elements = data.shape().elements();
    long bytes = converted ? 4 * elements : data.data().byteSize();
    MemorySegment copy = HugePages.allocate(Math.max(bytes, 1), memory);
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
