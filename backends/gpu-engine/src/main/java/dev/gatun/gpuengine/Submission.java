package dev.gatun.gpuengine;

import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.gpuengine.compile.LaunchSizes;
import dev.gatun.graph.op.Sizing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sizes of a session's current submission. */
final class Submission implements LaunchSizes, SizeBound {
  private final Extents extents;
  private final int sequences;
  private final long[] symbols;
  private final long[] sizes;
  private final List<Sizing> found = new ArrayList<>();
  private int splits = 1;
  private int pageColumns;

  Submission(Extents extents, int sequences) {
    this.extents = extents;
    this.sequences = sequences;
    symbols = extents.unknown();
    sizes = new long[extents.count()];
  }

  /** Sizes by symbol index; whoever reads the batch fills them. */
  long[] symbols() {
    return symbols;
  }

  /** Computes what depends on the symbols. */
  void resolve() {
    extents.resolve(symbols, sizes);
  }

  /** Sizes of symbols that are known by now, by name. */
  Map<String, Long> known() {
    Map<String, Long> known = new HashMap<>();
    for (int i = 0; i < symbols.length; i++) {
      if (symbols[i] >= 0) {
        known.put(extents.symbols().get(i).name(), symbols[i]);
      }
    }
    return known;
  }

  /** Takes sizes of symbols that are not known yet, by name. */
  void complete(Map<String, Long> others) {
    for (int i = 0; i < symbols.length; i++) {
      Long size = others.get(extents.symbols().get(i).name());
      if (symbols[i] < 0 && size != null) {
        symbols[i] = size;
      }
    }
  }

  /** Keeps what a step found. */
  void found(int slot, Sizing sizing) {
    while (found.size() <= slot) {
      found.add(null);
    }
    found.set(slot, sizing);
  }

  @Override
  public Sizing found(int slot) {
    return found.get(slot);
  }

  void attention(int parts, int columns) {
    splits = parts;
    pageColumns = columns;
  }

  /** Whether launches for that submission are right for this one. */
  boolean sameAs(Submission other) {
    return splits == other.splits
        && pageColumns == other.pageColumns
        && Arrays.equals(symbols, other.symbols);
  }

  void copyFrom(Submission other) {
    System.arraycopy(other.symbols, 0, symbols, 0, symbols.length);
    splits = other.splits;
    pageColumns = other.pageColumns;
  }

  @Override
  public long size(int index) {
    return sizes[index];
  }

  @Override
  public int of(Extent extent) {
    return extent.of(this);
  }

  @Override
  public int sequences() {
    return sequences;
  }

  @Override
  public int splits() {
    return splits;
  }

  @Override
  public int pageColumns() {
    return pageColumns;
  }
}
