package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Attention over the tiles that {@link TileStep} made of a padded batch. */
public final class PaddedAttention extends AttentionWorker {
  private final KeyValueTiles tiles;

  public PaddedAttention(
      AttentionKernels kernels, ElementwiseKernels elementwise, Attention op, KeyValueTiles tiles) {
    super(kernels, elementwise, op, tiles.biased());
    block.dtype = DType.F32;
    this.tiles = tiles;
  }

  private int length() {
    return index.end(span) - index.start(span);
  }

  @Override
  int firstKey(int row) {
    int window = spec.window();
    return op.causal() && window > 0 ? Math.max(0, index.position(row) - window + 1) : 0;
  }

  @Override
  int endKey(int row) {
    return op.causal() ? index.position(row) + 1 : length();
  }

  @Override
  void walk(int fromTile, int toTile) {
    kernels.attend(block, this, fromTile, toTile);
  }

  @Override
  public MemorySegment page(int tile) {
    return tiles.tiles().segment(frame);
  }

  @Override
  public long keysAt(int tile) {
    return tiles.at(frame, span, kvHead, tile, length());
  }

  @Override
  public long valuesAt(int tile) {
    return keysAt(tile) + tiles.keyBytes();
  }
}
