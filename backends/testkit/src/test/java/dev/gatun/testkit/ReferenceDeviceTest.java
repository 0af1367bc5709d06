package dev.gatun.testkit;

import dev.gatun.testkit.device.ReferenceDevice;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ReferenceDeviceTest {
  private final ReferenceDevice device = new ReferenceDevice();

  @TestFactory
  Stream<DynamicTest> conformance() {
    return ConformanceSuite.tests(
        device, ConformanceOptions.of(Precision.FLOAT).withLiveHandles(device::liveHandles));
  }
}
