package dev.gatun.engine.state;

import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import dev.gatun.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one page holds {@link #PAGE} positions of all states: state after state, head after head,
 * each a tile of keys followed by a tile of values.
 */
public final class CacheLayout {
  /** Positions of a page. */
  public static final int PAGE = 64;

  private static final int ALIGNMENT = 64;

  /** How an engine stores tiles. */
  @FunctionalInterface
  public interface TileSize {
    /** Bytes of one head's keys or values of a page, with {@code dim} elements a position. */
    long bytes(DType dtype, int dim);
  }

  /** Where a state lies in a page. */
  public record StateLayout(StateSpec spec, long offset, long headBytes, long valueOffset) {
    /** Byte offset of a head's tile of keys. */
    public long keys(int head) {
      return offset + head * headBytes;
    }

    /** Byte offset of a head's tile of values. */
    public long values(int head) {
      return keys(head) + valueOffset;
    }
  }

  private final Map<String, StateLayout> states = new LinkedHashMap<>();
  private final long pageBytes;

  /**
   * @param tiles how large the tiles of a state are
   */
  public CacheLayout(List<State> declared, TileSize tiles) {
    long offset = 0;
    for (State state : declared) {
      StateSpec spec = state.spec();
      long keyBytes = align(tiles.bytes(spec.dtype(), spec.keyDim()));
      long valueBytes = align(tiles.bytes(spec.dtype(), spec.valueDim()));
      var layout = new StateLayout(spec, offset, keyBytes + valueBytes, keyBytes);
      states.put(state.name(), layout);
      offset = Math.addExact(offset, Math.multiplyExact(layout.headBytes(), spec.kvHeads()));
    }
    pageBytes = offset;
  }

  private static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  public boolean isEmpty() {
    return states.isEmpty();
  }

  /** The layout of a declared state. */
  public StateLayout state(String name) {
    return states.get(name);
  }

  public long pageBytes() {
    return pageBytes;
  }

  /** Bytes of the pages that hold this many positions of one sequence. */
  public long bytes(int positions) {
    long pages = (positions + PAGE - 1L) / PAGE;
    return Math.multiplyExact(pages, pageBytes);
  }

  /** A text that two layouts share exactly when pages of one can be read as pages of the other. */
  public String description() {
    var text = new StringBuilder("tile ").append(PAGE);
    states.forEach(
        (name, layout) -> text.append(';').append(name).append('=').append(layout.spec()));
    return text.toString();
  }
}
