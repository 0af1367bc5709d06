package dev.gatun.openvinobackend;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.testkit.TestContext;
import dev.gatun.testkit.machine.DeviceAnswers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plans of recorded machines count on what this backend takes. Its rules look at the graph alone,
 * so that those of devices which are not here can be asked, without the library.
 */
class DeviceAnswersTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void modelsOfRealSizesAreAnsweredAsRecorded(DeviceInfo.Kind kind) throws IOException {
    DeviceInfo info =
        new DeviceInfo("openvino:" + kind, "openvino", kind, kind.name(), 0, Map.of());
    try (TestContext context = new TestContext(2);
        Device device = new OpenVinoDevice(info, kind.name(), null, context)) {
      DeviceAnswers.check("openvino-" + kind, device, folder);
    }
  }
}
