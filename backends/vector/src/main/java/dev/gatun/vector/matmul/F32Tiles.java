package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Memory;

/** F32: a tile is a panel. */
final class F32Tiles extends TileFormat {
  F32Tiles() {
    super(DType.F32);
  }

  @Override
  String layout() {
    return "f32.k." + RowGroups.ROWS;
  }

  @Override
  long tileBytes(int k) {
    return (long) k * ROWS * Float.BYTES;
  }

  @Override
  void pack(long rows, int count, int k, long tile) {
    for (int i = 0; i < k; i++) {
      for (int r = 0; r < count; r++) {
        float value = ALL.get(Memory.F32, rows + 4L * r * k + 4L * i);
        ALL.set(Memory.F32, partOf(tile, k, r) + i * PANEL_BYTES, value);
      }
    }
  }

  @Override
  boolean isPanel() {
    return true;
  }

  @Override
  void unpack(long tile, int k, int from, int to, long panel) {
    throw new UnsupportedOperationException("a tile of F32 is a panel");
  }
}
