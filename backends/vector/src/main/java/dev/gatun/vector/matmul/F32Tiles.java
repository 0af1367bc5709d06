package dev.gatun.vector.matmul;

import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/** F32: a tile is a panel. */
final class F32Tiles extends TileFormat {
  F32Tiles() {
    super(DType.F32);
  }

  @Override
  String layout() {
    return "f32.k.32";
  }

  @Override
  long tileBytes(int k) {
    return (long) k * PANEL_BYTES;
  }

  @Override
  void pack(MemorySegment rows, long at, int count, int k, MemorySegment packed, long tile) {
    for (int i = 0; i < k; i++) {
      for (int r = 0; r < count; r++) {
        float value = rows.get(Memory.F32, at + 4L * r * k + 4L * i);
        packed.set(Memory.F32, tile + (long) i * PANEL_BYTES + 4L * r, value);
      }
    }
  }

  @Override
  boolean isPanel() {
    return true;
  }

  @Override
  void unpack(
      MemorySegment packed, long tile, int k, int from, int to, MemorySegment panel, long panelAt) {
    throw new UnsupportedOperationException("a tile of F32 is a panel");
  }
}
