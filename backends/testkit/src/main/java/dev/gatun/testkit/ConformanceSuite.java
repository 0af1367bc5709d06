package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.cases.AllCases;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests that every backend runs, as JUnit dynamic tests:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> conformance() {
 *   return ConformanceSuite.tests(device, ConformanceOptions.of(Precision.FLOAT));
 * }
 * }</pre>
 *
 * <p>A case runs through {@link Device#assess}, {@code compile}, {@code newSession} and {@code
 * submit} and is compared with the reference interpreter under the bound that the case states. The
 * only way to skip a case is to refuse its graph in {@code assess}; the last tests compare what was
 * refused with the committed list and count handles that are still open.
 */
public final class ConformanceSuite {
  private ConformanceSuite() {}

  /** All tests for a device with float kernels that refuses nothing. */
  public static Stream<DynamicTest> tests(Device device) {
    return tests(device, ConformanceOptions.of(Precision.FLOAT));
  }

  /** All tests for a device. Each is independent of the others, except that leaks are seen last. */
  public static Stream<DynamicTest> tests(Device device, ConformanceOptions options) {
    CaseRunner runner = new CaseRunner(device, options);
    long before = options.liveHandles().map(count -> count.getAsLong()).orElse(0L);
    Stream<DynamicTest> cases =
        cases(options).stream().map(each -> dynamicTest(each.name(), () -> run(runner, each)));
    Stream<DynamicTest> state = StateTests.tests(device, options);
    Stream<DynamicTest> session = SessionTests.tests(device, options);
    Stream<DynamicTest> last =
        Stream.of(
            dynamicTest("refusals are those committed", () -> checkRefusals(device, options)),
            dynamicTest("no handle is left open", () -> checkLeaks(options, before)));
    return Stream.of(cases, state, session, last).flatMap(tests -> tests);
  }

  /** Names of the cases that the device refuses, sorted: the content of a committed list. */
  public static Set<String> refusals(Device device, ConformanceOptions options) {
    CaseRunner runner = new CaseRunner(device, options);
    Set<String> refused = new TreeSet<>();
    for (ConformanceCase each : cases(options)) {
      if (runner.refusal(each.scenario().get()).isPresent()) {
        refused.add(each.name());
      }
    }
    return refused;
  }

  private static List<ConformanceCase> cases(ConformanceOptions options) {
    return AllCases.all().filter(each -> options.filter().test(each.name())).toList();
  }

  private static void run(CaseRunner runner, ConformanceCase each) {
    Scenario scenario = each.scenario().get();
    Optional<String> refusal = runner.refusal(scenario);
    assumeTrue(refusal.isEmpty(), () -> "refused: " + refusal.orElseThrow());
    runner.run(scenario);
  }

  private static void checkRefusals(Device device, ConformanceOptions options) {
    Set<String> committed =
        options.refusals().stream().filter(options.filter()).collect(Collectors.toSet());
    assertEquals(
        String.join("\n", new TreeSet<>(committed)),
        String.join("\n", refusals(device, options)),
        "cases that " + device.info().id() + " refuses, against the committed list");
  }

  private static void checkLeaks(ConformanceOptions options, long before) {
    assumeTrue(options.liveHandles().isPresent(), "the device counts no handles");
    assertEquals(before, options.liveHandles().orElseThrow().getAsLong(), "open handles");
  }
}
