package dev.gatun.openvinobackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a probe says when something is wrong; and that the self-test passes where nothing is. */
class ProbeTest {
  private static Probe probe(Map<String, String> settings) {
    try (TestContext context = new TestContext(1, settings)) {
      return new OpenVinoProvider().probe(context);
    }
  }

  @Test
  void aLibraryThatIsNotThereIsNamedWithTheRemedy() {
    Probe probe = probe(Map.of(OpenVinoSettings.LIBRARY, "/no/such/libopenvino_c.so"));
    assertFalse(probe.able());
    assertEquals(Stage.PRESENT, probe.last().stage());
    assertTrue(probe.last().reason().contains("/no/such/libopenvino_c.so"), probe.last().reason());
    assertTrue(probe.last().remedy().contains("gatun runtimes install openvino"));
  }

  @Test
  void anEmptyFolderOfRuntimesLoadsNothing(@TempDir Path home) {
    try (TestContext context = new TestContext(1, Map.of(Settings.HOME, home.toString()))) {
      Finding present = OpenVinoProvider.present(context);
      // A machine may have one of its own.
      assertTrue(present.good() || present.remedy().contains("gatun runtimes install openvino"));
    }
  }

  @Test
  void whatIsNoLibraryIsRefusedBeforeItIsLoaded(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("libopenvino_c.so.2641"), "no library");
    Probe probe = probe(Map.of(OpenVinoSettings.LIBRARY, file.toString()));
    assertEquals(Stage.ABLE, probe.last().stage());
    assertFalse(probe.last().good());
    assertTrue(probe.last().reason().contains(file.toString()), probe.last().reason());
  }

  @Test
  void settingsThatMakeNoSenseAreRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("libopenvino_c.so.2641"), "no library");
    Probe probe =
        probe(Map.of(OpenVinoSettings.LIBRARY, file.toString(), OpenVinoSettings.STATE, "nowhere"));
    assertTrue(probe.last().reason().contains("request"), probe.last().reason());
  }

  @Test
  void theSelfTestAddsOnTheFirstDevice() {
    try (TestContext context = new TestContext(1, Map.of())) {
      Installed.require(context);
      Finding able = new OpenVinoSelfTest().run(context);
      assertTrue(able.good(), able.reason());
      assertTrue(able.reason().contains("openvino:CPU"), able.reason());
      assertFalse(new OpenVinoSelfTest().digest(context).isBlank());
    }
  }
}
