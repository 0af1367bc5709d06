package dev.gatun.engine.memory;

import dev.gatun.engine.size.SizeBound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places storages in one block of memory so that those that live at the same time do not overlap:
 * largest first, each at the lowest gap that fits (greedy by size; Pisarchyk and Lee 2020).
 */
public final class ArenaPlan {
  private static final long ALIGNMENT = 64;

  /**
   * When a storage is in use.
   *
   * @param first number of the first step or region that touches it
   * @param last index of the last one
   */
  public record Lifetime(int storage, int first, int last) {
    boolean meets(Lifetime other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Lifetime lifetime, long from, long to) {}

  private final long[] offsets;
  private long size;

  /**
   * @param lifetimes of the storages to place
   * @param storages all storages, by id
   */
  public ArenaPlan(List<Lifetime> lifetimes, List<Storage> storages, SizeBound bound) {
    offsets = new long[storages.size()];
    record Sized(Lifetime lifetime, long bytes) {}
    List<Sized> bySize = new ArrayList<>();
    for (Lifetime lifetime : lifetimes) {
      long bytes = storages.get(lifetime.storage()).bytes().applyAsLong(bound);
      bySize.add(new Sized(lifetime, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT));
    }
    bySize.sort(Comparator.comparingLong(Sized::bytes).reversed());
    List<Placed> placed = new ArrayList<>();
    for (Sized sized : bySize) {
      long offset = 0;
      for (Placed other : placed) {
        boolean overlaps = other.from() < offset + sized.bytes() && offset < other.to();
        if (overlaps && other.lifetime().meets(sized.lifetime())) {
          offset = other.to();
        }
      }
      var here = new Placed(sized.lifetime(), offset, offset + sized.bytes());
      int at = 0;
      while (at < placed.size() && placed.get(at).from() <= here.from()) {
        at++;
      }
      placed.add(at, here);
      offsets[sized.lifetime().storage()] = offset;
      size = Math.max(size, here.to());
    }
  }

  /** Byte offset of a storage. */
  public long offset(int storage) {
    return offsets[storage];
  }

  /** Bytes of the block. */
  public long size() {
    return size;
  }
}
