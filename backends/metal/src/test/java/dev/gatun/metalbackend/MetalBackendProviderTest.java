package dev.gatun.metalbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.Platform;
import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.DeviceInfo;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetalBackendProviderTest {
  @TempDir Path home;

  private BackendStatus status(Optional<String> library) {
    var builder =
        GatunRuntime.builder().home(home).discover(false).provider(new MetalBackendProvider());
    library.ifPresent(file -> builder.property(Settings.METAL_LIBRARY, file));
    try (GatunRuntime runtime = builder.build()) {
      return runtime.backend("metal");
    }
  }

  @Test
  void aGpuIsAbleOnceAKernelRanInAChild() {
    BackendStatus status = status(StandIn.library());
    assertTrue(status.able(), status.reason() + "; " + status.remedy());
    DeviceInfo info = status.devices().getFirst();
    assertEquals("metal:0", info.id());
    assertEquals(DeviceInfo.Kind.GPU, info.kind());
    assertTrue(info.memoryBytes() > 0);
    if (StandIn.library().isPresent()) {
      assertEquals("Gatun stand-in (no GPU)", info.name());
      assertTrue(info.sharesMemory());
    }
  }

  @Test
  void elsewhereItIsAbsentAndSaysWhy() {
    assumeTrue(!Platform.os().equals("macos"), "skipped: this is a Mac");
    BackendStatus status = status(Optional.empty());
    assertFalse(status.present());
    assertTrue(status.reason().contains("Metal is part of macOS"), status.reason());
    assertTrue(status.remedy().contains("another backend"), status.remedy());
  }

  @Test
  void aLibraryThatDoesNotLoadMakesItUnableAndSaysWhichSetting() {
    BackendStatus status = status(Optional.of(home.resolve("none.so").toString()));
    assertTrue(status.present());
    assertFalse(status.able());
    assertTrue(status.reason().contains("none.so"), status.reason());
    assertTrue(status.remedy().contains(Settings.METAL_LIBRARY), status.remedy());
  }
}
