package dev.gatun.vector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.spi.Probe;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This backend passes the suite of all backends, at the width of this JVM. */
class ConformanceTest {
  private static final TestContext CONTEXT = new TestContext(2);

  @TestFactory
  Stream<DynamicTest> conformance() {
    Probe probe = new VectorBackendProvider().probe(CONTEXT);
    assertTrue(probe.able(), () -> probe.last().toString());
    return ConformanceSuite.tests(
        probe.devices().getFirst(),
        ConformanceOptions.of(Precision.FLOAT)
            .withRefusals(getClass().getResourceAsStream("refusals.txt")));
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
