package dev.gatun.cudabackend;

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

class CudaBackendProviderTest {
  @TempDir Path home;

  private BackendStatus status(String library) {
    try (GatunRuntime runtime =
        GatunRuntime.builder()
            .home(home)
            .discover(false)
            .provider(new CudaBackendProvider())
            .property(CudaBackendProvider.LIBRARY, library)
            .build()) {
      return runtime.backend("cuda");
    }
  }

  @Test
  void withoutItsLibraryItIsAbsentAndSaysWhatToDo() {
    BackendStatus status = status(home.resolve("none").toString());
    assertFalse(status.present());
    assertFalse(status.remedy().isEmpty());
  }

  @Test
  void withItsLibraryItIsPresentAndAdmitsThatItRunsNothing() throws IOException {
    Path library = Files.createFile(home.resolve("library"));
    BackendStatus status = status(library.toString());
    assertTrue(status.present());
    assertFalse(status.able());
    assertTrue(status.reason().contains("yet"), status.reason());
    assertTrue(status.devices().isEmpty());
  }

  @Test
  void theRuntimeHasPackagesForRealPlatforms() {
    RuntimeRequirement runtime = new CudaBackendProvider().runtimes().getFirst();
    assertEquals("cuda", runtime.name());
    assertTrue(runtime.licence().accept());
    assertTrue(HostPlatform.ALL.containsAll(runtime.packages().keySet()));
  }
}
