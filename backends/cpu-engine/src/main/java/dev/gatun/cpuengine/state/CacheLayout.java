package dev.gatun.cpuengine.state;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.graph.State;
import dev.gatun.graph.StateSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one page holds {@link AttentionKernels#TILE} positions of all states: state after state, head
 * after head, each a tile of keys followed by a tile of values.
 */
public final class CacheLayout {
  private static final int ALIGNMENT = 64;

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

  public CacheLayout(List<State> declared) {
    long offset = 0;
    for (State state : declared) {
      StateSpec spec = state.spec();
      long keyBytes = align(AttentionKernels.tileBytes(spec.dtype(), spec.keyDim()));
      long valueBytes = align(AttentionKernels.tileBytes(spec.dtype(), spec.valueDim()));
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
    long pages = (positions + AttentionKernels.TILE - 1L) / AttentionKernels.TILE;
    return Math.multiplyExact(pages, pageBytes);
  }

  /** A text that two layouts share exactly when pages of one can be read as pages of the other. */
  public String description() {
    var text = new StringBuilder("tile ").append(AttentionKernels.TILE);
    states.forEach(
        (name, layout) -> text.append(';').append(name).append('=').append(layout.spec()));
    return text.toString();
  }
}
