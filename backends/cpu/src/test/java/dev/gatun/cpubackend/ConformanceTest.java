package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This backend passes the suite of all backends, with the instruction set that it chooses. */
class ConformanceTest {
  private static final TestContext CONTEXT = new TestContext(2);

  @TestFactory
  Stream<DynamicTest> conformance() {
    Probe probe = new CpuBackendProvider().probe(CONTEXT);
    // Skips where there is no library; one that is there must work.
    Library.kernels();
    assertTrue(probe.able(), () -> probe.last().toString());
    Device device = probe.devices().getFirst();
    boolean brains = Library.kernels().stream().anyMatch(NativeMatMul::multipliesBrains);
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(brains ? Precision.ROUNDED_ACTIVATIONS : Precision.INT8_ACTIVATIONS)
            .withRefusals(getClass().getResourceAsStream("refusals.txt")));
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
