package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Search and heap against the definition: merge the best pair, of equal ones the leftmost. */
class PairMergerTest {
  @Test
  void mergesLikeTheDefinition() {
    Random random = new Random(3);
    for (int round = 0; round < 3000; round++) {
      Map<Long, Long> values = randomMerges(random);
      Table merger = new Table(values);
      int n = 1 + random.nextInt(round % 3 == 0 ? 200 : 48);
      List<Integer> symbols = new ArrayList<>();
      merger.reserve(n);
      for (int i = 0; i < n; i++) {
        int symbol = random.nextInt(4) - (random.nextInt(20) == 0 ? 5 : 0);
        symbols.add(symbol);
        merger.ids[i] = symbol;
        merger.starts[i] = 3 * i;
      }
      merger.starts[n] = 3 * n;
      int left = merger.merge(n);
      List<Integer> ids = new ArrayList<>();
      for (int i = 0; i < left; i++) {
        ids.add(merger.ids[i]);
      }
      assertEquals(define(symbols, values), ids);
      assertEquals(3 * n, merger.starts[left]);
    }
  }

  private static final class Table extends PairMerger {
    private final Map<Long, Long> values;

    Table(Map<Long, Long> values) {
      this.values = values;
    }

    @Override
    long value(int left, int right, int start, int end) {
      return values.getOrDefault(pair(left, right), NONE);
    }
  }

  private static List<Integer> define(List<Integer> symbols, Map<Long, Long> values) {
    List<Integer> list = new ArrayList<>(symbols);
    while (true) {
      int best = -1;
      long bestValue = 0;
      for (int i = 0; i + 1 < list.size(); i++) {
        Long value = values.get(pair(list.get(i), list.get(i + 1)));
        if (value != null && (best < 0 || value >> 32 < bestValue >> 32)) {
          best = i;
          bestValue = value;
        }
      }
      if (best < 0) {
        return list;
      }
      list.set(best, (int) bestValue);
      list.remove(/* index */ best + 1);
    }
  }

  /** Priorities repeat, as scores do; each result is a new symbol, as the text gets longer. */
  private static Map<Long, Long> randomMerges(Random random) {
    Map<Long, Long> values = new HashMap<>();
    int next = 4;
    for (int i = 0; i < 30; i++) {
      long pair = pair(random.nextInt(next), random.nextInt(next));
      int priority = random.nextInt(8) - 4;
      values.putIfAbsent(pair, (long) priority << 32 | next++);
    }
    return values;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | (right & 0xFFFFFFFFL);
  }
}
