package dev.gatun.cpuengine;

import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The engine with scalar kernels passes the suite of all backends. */
class ConformanceTest {
  private static final TestContext CONTEXT = new TestContext(2);

  @TestFactory
  Stream<DynamicTest> conformance() {
    return ConformanceSuite.tests(
        TestDevices.of(new ScalarKernels(), CONTEXT),
        ConformanceOptions.of(Precision.FLOAT)
            .withRefusals(getClass().getResourceAsStream("refusals.txt")));
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
