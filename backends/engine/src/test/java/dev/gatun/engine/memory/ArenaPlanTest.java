package dev.gatun.engine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.engine.memory.ArenaPlan.Lifetime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArenaPlanTest {
  private static final int STEPS = 30;

  @Test
  void storagesThatMeetNeverOverlapAndEachIsAsLowAsItCanBe() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      int count = 1 + random.nextInt(60);
      List<Lifetime> lifetimes = new ArrayList<>();
      long[] bytes = new long[count];
      List<Storage> storages = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int first = random.nextInt(STEPS);
        lifetimes.add(new Lifetime(i, first, Math.min(STEPS - 1, first + random.nextInt(6))));
        long size = 64L * random.nextInt(20);
        bytes[i] = size;
        storages.add(new Storage(i, Storage.Kind.ARENA, null, null, bound -> size));
      }
      var plan = new ArenaPlan(lifetimes, storages, extent -> 1);
      String which = "seed " + seed;
      long end = 0;
      for (int i = 0; i < count; i++) {
        end = Math.max(end, plan.offset(i) + bytes[i]);
        for (int j = 0; j < i; j++) {
          boolean apart =
              plan.offset(i) + bytes[i] <= plan.offset(j)
                  || plan.offset(j) + bytes[j] <= plan.offset(i);
          assertTrue(apart || !meet(lifetimes.get(i), lifetimes.get(j)), which);
        }
      }
      assertEquals(end, plan.size(), which);
      for (int i = 0; i < count; i++) {
        assertEquals(lowest(i, lifetimes, bytes, plan), plan.offset(i), which);
      }
    }
  }

  private static boolean meet(Lifetime a, Lifetime b) {
    return a.first() <= b.last() && b.first() <= a.last();
  }

  /** The lowest gap among those that were placed before: the larger ones, then by number. */
  private static long lowest(int storage, List<Lifetime> lifetimes, long[] bytes, ArenaPlan plan) {
    List<Integer> before = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      boolean earlier = bytes[i] > bytes[storage] || (bytes[i] == bytes[storage] && i < storage);
      if (earlier && meet(lifetimes.get(i), lifetimes.get(storage))) {
        before.add(i);
      }
    }
    before.sort(Comparator.comparingLong(plan::offset));
    long offset = 0;
    for (int other : before) {
      long from = plan.offset(other);
      if (from < offset + bytes[storage] && offset < from + bytes[other]) {
        offset = from + bytes[other];
      }
    }
    return offset;
  }
}
