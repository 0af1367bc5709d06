package dev.gatun.cudabackend;

import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.TestContext;
import dev.gatun.testkit.machine.DeviceAnswers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of recorded machines count on what this backend takes. */
class DeviceAnswersTest {
  @TempDir Path folder;

  @Test
  void modelsOfRealSizesAreAnsweredAsRecorded() throws IOException {
    try (TestContext context = StandIn.context()) {
      CudaLibraries libraries = StandIn.libraries(context);
      CudaGpu gpu = CudaBackendProvider.gpus(libraries, context).getFirst();
      try (Device device = CudaBackendProvider.device(gpu, libraries, context)) {
        DeviceAnswers.check("cuda", device, folder);
      }
    }
  }
}
