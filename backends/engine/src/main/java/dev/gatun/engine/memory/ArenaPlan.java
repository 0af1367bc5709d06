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
  public record Lifetime(int storage, int first, int last) {}

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
    // What is in use at each step: a storage is compared with those that it meets, not with all.
    List<List<Placed>> inUse = new ArrayList<>();
    for (Sized sized : bySize) {
      long offset = 0;
      for (Placed other : met(sized.lifetime(), inUse)) {
        if (other.from() < offset + sized.bytes() && offset < other.to()) {
          offset = other.to();
        }
      }
      var here = new Placed(sized.lifetime(), offset, offset + sized.bytes());
      for (int step = here.lifetime().first(); step <= here.lifetime().last(); step++) {
        inUse.get(step).add(here);
      }
      offsets[sized.lifetime().storage()] = offset;
      size = Math.max(size, here.to());
    }
  }

  /** What is placed and in use at the same time, lowest first; makes room for the lifetime. */
  private static List<Placed> met(Lifetime lifetime, List<List<Placed>> inUse) {
    while (inUse.size() <= lifetime.last()) {
      inUse.add(new ArrayList<>());
    }
    List<Placed> met = new ArrayList<>();
    for (int step = lifetime.first(); step <= lifetime.last(); step++) {
      for (Placed other : inUse.get(step)) {
        // Once, at the first step that both have.
        if (step == Math.max(lifetime.first(), other.lifetime().first())) {
          met.add(other);
        }
      }
    }
    met.sort(Comparator.comparingLong(Placed::from));
    return met;
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
