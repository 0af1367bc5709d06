package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This backend passes the suite of all backends. */
class ConformanceTest {
  private static final TestContext CONTEXT =
      new TestContext(2, Map.of(Settings.HOME, "target/home"));

  @TestFactory
  Stream<DynamicTest> conformance() {
    Probe probe = Jar.probe(CONTEXT);
    assertTrue(probe.able(), () -> probe.last().toString());
    OrtDevice device = (OrtDevice) probe.devices().getFirst();
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.INT8_ACTIVATIONS)
            .withRefusals(getClass().getResourceAsStream("refusals.txt"))
            .withLiveHandles(device::liveHandleCount));
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
