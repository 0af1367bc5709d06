package dev.gatun.bench.method;

import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.worker.Contestant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One model with those that shall run its tests.
 *
 * @param bytes of the model's files
 * @param contestants each makes a new process when asked
 */
public record Entry(String model, long bytes, List<BenchTest> tests, List<Starter> contestants) {
  /**
   * How much memory a contestant may need, in sizes of its files: weights, packed weights, state.
   */
  private static final int COPIES = 3;

  public Entry {
    tests = List.copyOf(tests);
    contestants = List.copyOf(contestants);
  }

  /**
   * Which models are measured in the same rounds: in their order, as many as are sure to lie in
   * memory together with all of their contestants; at least one.
   *
   * @param memory bytes
   */
  public static List<List<Entry>> together(List<Entry> entries, long memory) {
    List<List<Entry>> groups = new ArrayList<>();
    long sum = 0;
    for (Entry entry : entries) {
      long own = COPIES * entry.bytes * entry.contestants.size();
      if (groups.isEmpty() || sum + own > memory) {
        groups.add(new ArrayList<>());
        sum = 0;
      }
      groups.getLast().add(entry);
      sum += own;
    }
    return groups;
  }

  /**
   * One that can be started.
   *
   * @param name a device's id, or what stands for it until it is open
   */
  public record Starter(String name, Supplier<Contestant> start) {}
}
