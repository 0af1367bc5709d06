package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.StateSpec;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings keys and values of a padded batch into tiles; a unit is one tile of one head.
 *
 * @param v null when the value is a view of the key
 * @param bias one number per key, or null
 * @param rows all tokens of the batch
 * @param length tokens of a sequence
 */
public record TileStep(
    StepInfo info,
    AttentionKernels kernels,
    KeyValueTiles tiles,
    Operand k,
    Operand v,
    Operand bias,
    Extent rows,
    Extent length)
    implements Step {
  private static final int TILE = AttentionKernels.TILE;

  @Override
  public int units(Frame frame) {
    int tokens = length.of(frame);
    int sequences = tokens == 0 ? 0 : rows.of(frame) / tokens;
    return sequences * tiles.spec().kvHeads() * KeyValueTiles.count(tokens);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int tokens = length.of(frame);
    int count = KeyValueTiles.count(tokens);
    int heads = tiles.spec().kvHeads();
    for (int unit = from; unit < to; unit++) {
      int head = unit / count % heads;
      tile(frame, unit / count / heads, head, unit % count, tokens);
    }
  }

  private void tile(Frame frame, int sequence, int head, int tile, int tokens) {
    StateSpec spec = tiles.spec();
    MemorySegment memory = tiles.tiles().segment(frame);
    long keys = tiles.at(frame, sequence, head, tile, tokens);
    long values = keys + tiles.keyBytes();
    int keyDim = spec.keyDim();
    int valueDim = spec.valueDim();
    int end = Math.min(TILE, tokens - tile * TILE);
    if (end < TILE) {
      // Kernels may multiply what is no key by a weight of 0: it must be finite.
      memory.asSlice(keys, tiles.tileBytes()).fill((byte) 0);
    }
    for (int slot = 0; slot < end; slot++) {
      long row = (long) sequence * tokens + (long) tile * TILE + slot;
      long vector = row * spec.kvHeads() + head;
      long keyAt = k.at(frame) + 4 * vector * keyDim;
      kernels.storeKey(DType.F32, k.segment(frame), keyAt, keyDim, memory, keys, slot);
      if (bias != null) {
        float added =
            bias.segment(frame).get(ValueLayout.JAVA_FLOAT_UNALIGNED, bias.at(frame) + 4 * row);
        memory.set(ValueLayout.JAVA_FLOAT, keys + 4 * ((long) keyDim * TILE + slot), added);
      }
      if (v != null) {
        // A tile of F32 values has their rows as they are.
        long bytes = 4L * valueDim;
        MemorySegment.copy(
            v.segment(frame), v.at(frame) + vector * bytes, memory, values + slot * bytes, bytes);
      }
    }
  }
}
