package dev.gatun.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.fuzz.Fuzzer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Differential fuzzing: random small graphs on a device and on the reference. A failure names its
 * seed and the smallest graph that still fails, so that it can be run again alone.
 */
public final class FuzzSuite {
  private FuzzSuite() {}

  /**
   * One test for each seed from {@code first}; as many times more as the system property {@code
   * gatun.test.effort} says. Op types that the device refuses are left out of the graphs.
   */
  public static Stream<DynamicTest> tests(
      Device device, ConformanceOptions options, long first, int count) {
    CaseRunner runner = new CaseRunner(device, options);
    return LongStream.range(
            first, first + (long) count * Integer.getInteger("gatun.test.effort", 1))
        .mapToObj(seed -> dynamicTest("Fuzz/" + seed, () -> run(device, runner, seed)));
  }

  private static void run(Device device, CaseRunner runner, long seed) {
    Set<String> excluded = new HashSet<>();
    Scenario scenario = Fuzzer.scenario(seed, excluded);
    while (excluded.addAll(refusedTypes(device, scenario))) {
      scenario = Fuzzer.scenario(seed, excluded);
    }
    Optional<String> refusal = runner.refusal(scenario);
    assumeTrue(refusal.isEmpty(), () -> "refused: " + refusal.orElseThrow());
    new Fuzzer(runner::run).run(seed, scenario);
  }

  private static Set<String> refusedTypes(Device device, Scenario scenario) {
    Set<String> types = new HashSet<>();
    for (Refusal refusal : device.assess(scenario.graph(), scenario.profiles()).refusals()) {
      types.add(refusal.node().op().type());
    }
    return types;
  }
}
