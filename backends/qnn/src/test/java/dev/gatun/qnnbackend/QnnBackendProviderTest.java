package dev.gatun.qnnbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QnnBackendProviderTest {
  @TempDir Path home;

  private BackendStatus status(String library) {
    try (GatunRuntime runtime =
        GatunRuntime.builder()
            .home(home)
            .discover(false)
            .provider(new QnnBackendProvider())
            .property(QnnSettings.LIBRARY, library)
            .build()) {
      return runtime.backend("qnn");
    }
  }

  @Test
  void withoutItsLibraryItIsAbsentAndSaysWhatToDo() {
    BackendStatus status = status(home.resolve("none").toString());
    assertFalse(status.present());
    assertFalse(status.remedy().isEmpty());
  }

  @Test
  void aFileThatIsNoLibraryIsNamed() throws IOException {
    Path library = Files.createFile(home.resolve("library"));
    BackendStatus status = status(library.toString());
    assertTrue(status.present());
    assertFalse(status.able());
    assertTrue(status.reason().contains("does not load"), status.reason());
    assertTrue(status.devices().isEmpty());
  }

  @Test
  void aSnapdragonIsKnownByItsFiles() throws IOException {
    Path soc = Files.createDirectories(home.resolve("sys/devices/soc0"));
    assertTrue(new Snapdragon(home).name().isEmpty());
    Files.writeString(soc.resolve("family"), "Snapdragon\n");
    Files.writeString(soc.resolve("machine"), "SM8650\n");
    Files.writeString(soc.resolve("soc_id"), "557\n");
    assertEquals("Snapdragon SM8650 (SoC 557)", new Snapdragon(home).name().orElseThrow());
  }

  @Test
  void theRuntimeHasPackagesForRealPlatforms() {
    RuntimeRequirement runtime = new QnnBackendProvider().runtimes().getFirst();
    assertEquals("qnn", runtime.name());
    assertTrue(runtime.licence().accept());
    assertTrue(HostPlatform.ALL.containsAll(runtime.packages().keySet()));
  }
}
