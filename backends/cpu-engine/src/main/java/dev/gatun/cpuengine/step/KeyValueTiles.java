package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.StateSpec;

/**
 * Where the tiles of a padded batch lie: [sequence, key-value head, tile], each with its keys
 * [keyWidth, TILE] and its values [TILE, valueDim], F32. The bias of a key is its last element.
 *
 * @param tiles where the first begins
 * @param biased whether keys have a bias
 */
public record KeyValueTiles(StateSpec spec, Operand tiles, boolean biased) {
  private static final int TILE = AttentionKernels.TILE;

  /** Elements of a key. */
  public int keyWidth() {
    return spec.keyDim() + (biased ? 1 : 0);
  }

  long keyBytes() {
    return 4L * TILE * keyWidth();
  }

  long tileBytes() {
    return keyBytes() + 4L * TILE * spec.valueDim();
  }

  /** Tiles of one head of one sequence. */
  static int count(int length) {
    return (length + TILE - 1) / TILE;
  }

  /** Bytes of all tiles of a batch. */
  public long bytes(int sequences, int length) {
    return (long) sequences * spec.kvHeads() * count(length) * tileBytes();
  }

  /** Where a tile's keys begin; its values follow. */
  long at(Frame frame, int sequence, int head, int tile, int length) {
    long number = ((long) sequence * spec.kvHeads() + head) * count(length) + tile;
    return tiles.at(frame) + number * tileBytes();
  }
}
