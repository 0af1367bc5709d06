package dev.gatun.metalbackend;

import dev.gatun.gpuengine.GpuDevice;
import dev.gatun.metal.Metal;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.testkit.TestContext;
import dev.gatun.testkit.machine.DeviceAnswers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of recorded machines count on what this backend takes. */
class DeviceAnswersTest {
  @TempDir Path folder;

  @Test
  void modelsOfRealSizesAreAnsweredAsRecorded() throws IOException {
    Metal metal = Metal.open(StandIn.library()).getFirst();
    DeviceInfo info =
        new DeviceInfo("metal:0", "metal", DeviceInfo.Kind.GPU, metal.name(), 0, Map.of());
    try (TestContext context = new TestContext(2);
        Device device =
            new GpuDevice(
                info,
                Preference.GPU_KERNELS,
                new MetalGpu(metal, info.id(), metal.recordsReliably()),
                context)) {
      DeviceAnswers.check("metal", device, folder);
    }
  }
}
