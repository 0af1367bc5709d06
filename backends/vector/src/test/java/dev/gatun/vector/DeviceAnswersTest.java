package dev.gatun.vector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.spi.Probe;
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
    try (TestContext context = new TestContext(2)) {
      Probe probe = new VectorBackendProvider().probe(context);
      assertTrue(probe.able(), () -> probe.last().toString());
      DeviceAnswers.check("vector", probe.devices().getFirst(), folder);
    }
  }
}
