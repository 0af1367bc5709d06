package dev.gatun.openvinobackend;

import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This backend passes the suite of all backends on its CPU device, with either kind of state. */
class ConformanceTest {
  private static final TestContext IN_REQUESTS =
      new TestContext(2, Map.of(OpenVinoSettings.ACTIVATIONS, "f32"));
  private static final TestContext IN_TENSORS =
      new TestContext(
          2, Map.of(OpenVinoSettings.ACTIVATIONS, "f32", OpenVinoSettings.STATE, "tensors"));

  /**
   * What OpenVINO computes in a way of its own; the README says which. Values that are no numbers,
   * quotients by subnormal numbers, and zero points, which are rounded to single precision.
   */
  private static final Set<String> OTHERWISE =
      Set.of(
          "Unary/EXP/special",
          "Binary/special",
          "Softmax/special",
          "Gather/Q4_1",
          "Gather/Q2_K",
          "Gather/Q5_1",
          "Gather/Q4_K",
          "Gather/Q5_K");

  @TestFactory
  Stream<DynamicTest> withStateInRequests() {
    return tests(IN_REQUESTS, name -> !OTHERWISE.contains(name));
  }

  @TestFactory
  Stream<DynamicTest> withStateInTensors() {
    return tests(
        IN_TENSORS,
        name -> name.startsWith("State/") || name.startsWith("Session/") || name.contains("cache"));
  }

  private static Stream<DynamicTest> tests(TestContext context, Predicate<String> filter) {
    Device device = Installed.cpu(context);
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.FLOAT)
            .withRefusals(ConformanceTest.class.getResourceAsStream("refusals.txt"))
            .withFilter(filter)
            .withLiveHandles(() -> Installed.handles(context)));
  }

  @AfterAll
  static void close() {
    IN_REQUESTS.close();
    IN_TENSORS.close();
  }
}
