package dev.gatun.qnnbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.TestContext;
import dev.gatun.testkit.machine.DeviceAnswers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of recorded machines count on what this backend takes, and the NPU's library. */
class DeviceAnswersTest {
  @TempDir Path folder;

  @Test
  void modelsOfRealSizesAreAnsweredAsRecorded() throws IOException {
    try (TestContext context = new TestContext(2)) {
      assertEquals(Unit.HTP.kind(), Installed.npu(context).info().kind());
      SharedQnn.Opened npu = QnnBackendProvider.load(context).npu().orElseThrow();
      // As on a device: its rank is another than the simulator's.
      try (Device device = QnnBackendProvider.device(context, Unit.HTP, npu, false)) {
        DeviceAnswers.check("qnn-HTP", device, folder);
      }
    }
  }
}
