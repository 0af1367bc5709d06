package dev.gatun.formats.onnx.lower;

import dev.gatun.tensor.DType;
import java.util.Optional;

/**
 * A state of the graph as inputs and outputs of the ONNX model: keys and values of one sequence.
 *
 * <p>Each is a buffer of as many positions as its owner likes. A run reads the buffer that is bound
 * to {@link Cache#past} and gives {@link Cache#present}, which has its shape: the same content with
 * the positions of the batch written. Both may be bound to one and the same buffer, and then
 * nothing is copied: this is the way to run it. Positions beyond the last one of the batch are
 * neither read nor changed, so that truncating a sequence is to go on from an earlier position, and
 * copying it is to copy the buffers.
 *
 * <p>A batch holds the tokens of one sequence, at ascending, gapless positions that continue what
 * the buffers hold; the last position is below the buffers' capacity. The model learns the
 * positions from the graph's input of positions, and has no further inputs.
 *
 * @param name the state's name in the graph
 * @param value empty when the value is part of the key
 */
public record LoweredState(String name, Cache key, Optional<Cache> value) {
  /**
   * One buffer.
   *
   * @param past name of the model's input
   * @param present name of the model's output
   * @param positionsFirst whether it is [capacity, heads * dim]; else [1, heads, capacity, dim]
   */
  public record Cache(
      String past, String present, DType dtype, int heads, int dim, boolean positionsFirst) {
    /** The shape of a buffer of so many positions. */
    public long[] shape(long capacity) {
      return positionsFirst
          ? new long[] {capacity, (long) heads * dim}
          : new long[] {1, heads, capacity, dim};
    }

    /** Bytes of a buffer of so many positions. */
    public long byteSize(long capacity) {
      return dtype.byteSize(Math.multiplyExact(capacity, (long) heads * dim));
    }
  }
}
