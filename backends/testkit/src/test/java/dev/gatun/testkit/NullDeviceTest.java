package dev.gatun.testkit;

import dev.gatun.testkit.device.NullDevice;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class NullDeviceTest {
  private final NullDevice device = new NullDevice();

  @TestFactory
  Stream<DynamicTest> conformance() {
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.FLOAT)
            .withRefusals(NullDeviceTest.class.getResourceAsStream("null-refusals.txt"))
            .withLiveHandles(device::liveHandles)
            .withFilter(NullDeviceTest::isOfUse));
  }

  /** It computes as the reference does, so that products of a few formats say enough. */
  private static boolean isOfUse(String name) {
    return !name.startsWith("MatMul/") || name.contains("F32") || name.contains("Q4_0");
  }
}
