package dev.gatun.qnnbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.Platform;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
  void memoryThatIsNotThereIsNotShared() {
    assumeTrue(
        Platform.current().endsWith("x86_64"),
        "skipped: this machine may share memory with an NPU");
    try (TestContext context = new TestContext(2, Map.of(QnnSettings.MEMORY, "shared"))) {
      Finding present = QnnBackendProvider.present(context);
      assumeTrue(present.good(), () -> "skipped: " + present.reason());
      Finding able = new QnnBackendProvider().probe(context).last();
      assertFalse(able.good());
      assertTrue(able.reason().contains("libcdsprpc.so"), able.reason());
      assertTrue(able.remedy().contains("leave the setting out"), able.remedy());
    }
    try (TestContext context = new TestContext(2, Map.of(QnnSettings.MEMORY, "mine"))) {
      Finding able = new QnnBackendProvider().probe(context).last();
      assertFalse(able.good());
    }
  }

  @Test
  void theRuntimeHasPackagesForRealPlatforms() {
    RuntimeRequirement runtime = new QnnBackendProvider().runtimes().getFirst();
    assertEquals("qnn", runtime.name());
    assertTrue(runtime.licence().accept());
    assertTrue(HostPlatform.ALL.containsAll(runtime.packages().keySet()));
  }
}
