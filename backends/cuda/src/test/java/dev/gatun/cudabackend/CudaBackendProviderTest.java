package dev.gatun.cudabackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a probe says of a machine, and that the self-test passes where all is there. */
class CudaBackendProviderTest {
  @TempDir Path folder;

  private static Probe probe(Map<String, String> settings) {
    try (TestContext context = new TestContext(1, settings)) {
      return new CudaBackendProvider().probe(context);
    }
  }

  @Test
  void withoutItsDriverItIsAbsentAndSaysWhatToDo() {
    Probe probe = probe(Map.of(Settings.CUDA_LIBRARY, folder.resolve("none").toString()));
    assertFalse(probe.able());
    assertEquals(Stage.PRESENT, probe.last().stage());
    assertTrue(probe.last().remedy().contains("GATUN_CUDA_LIBRARY"), probe.last().remedy());
  }

  @Test
  void aFileThatIsNoLibraryIsRefusedBeforeItIsLoaded() throws IOException {
    Path file = Files.writeString(folder.resolve("libcuda.so.1"), "no library");
    Probe probe = probe(Map.of(Settings.CUDA_LIBRARY, file.toString()));
    assertEquals(Stage.ABLE, probe.last().stage());
    assertFalse(probe.last().good());
    assertTrue(probe.last().reason().contains(file.toString()), probe.last().reason());
  }

  @Test
  void withoutNvrtcItSaysHowToGetIt() {
    try (TestContext context = StandIn.context()) {
      StandIn.require(context);
    }
    Probe probe =
        probe(
            Map.of(
                Settings.CUDA_LIBRARY,
                StandIn.driver(),
                CudaRuntime.NVRTC_LIBRARY,
                folder.resolve("none").toString()));
    assertFalse(probe.able());
    assertTrue(
        probe.last().remedy().contains("gatun runtimes install cuda"), probe.last().remedy());
  }

  @Test
  void theSelfTestComputesOnEveryDevice() {
    try (TestContext context = StandIn.context()) {
      StandIn.require(context);
      Finding able = new CudaSelfTest().run(context);
      assertTrue(able.good(), able.reason());
      assertTrue(able.reason().contains("cuda:0"), able.reason());
      assertFalse(new CudaSelfTest().digest(context).isBlank());
    }
  }

  @Test
  void theRuntimesHavePackagesForRealPlatforms() {
    for (RuntimeRequirement runtime : new CudaBackendProvider().runtimes()) {
      assertTrue(runtime.licence().accept());
      assertTrue(HostPlatform.ALL.containsAll(runtime.packages().keySet()));
    }
  }
}
