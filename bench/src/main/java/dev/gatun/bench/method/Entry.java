package dev.gatun.bench.method;

import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.worker.Contestant;
import java.util.List;
import java.util.function.Supplier;

/**
 * One model with those that shall run its tests.
 *
 * @param contestants each makes a new process when asked
 */
public record Entry(String model, List<BenchTest> tests, List<Starter> contestants) {
  public Entry {
    tests = List.copyOf(tests);
    contestants = List.copyOf(contestants);
  }

  /**
   * One that can be started.
   *
   * @param name a device's id, or what stands for it until it is open
   */
  public record Starter(String name, Supplier<Contestant> start) {}
}
