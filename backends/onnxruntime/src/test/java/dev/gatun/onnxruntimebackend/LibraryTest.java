package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.BackendStatus;
import dev.gatun.runtime.GatunRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that are not what they should be: the application hears of it and lives. */
class LibraryTest {
  @TempDir Path folder;

  private BackendStatus status(String library) {
    try (GatunRuntime runtime =
        GatunRuntime.builder()
            .discover(false)
            .provider(new OnnxRuntimeBackendProvider())
            .property("gatun.home", folder.resolve("home").toString())
            .property(RuntimeSearch.LIBRARY, library)
            .build()) {
      return runtime.backend("onnxruntime");
    }
  }

  private String compile(String source) throws IOException, InterruptedException {
    Path code = Files.writeString(folder.resolve("fake.c"), source);
    Path library = folder.resolve("libfake.so");
    var command = List.of("cc", "-shared", "-fPIC", "-o", library.toString(), code.toString());
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      assumeTrue(status == 0, "cc cannot make a library here");
    } catch (IOException e) {
      System.out.println("skipped: no C compiler: " + e.getMessage());
      assumeTrue(false, "no C compiler: " + e.getMessage());
    }
    return library.toString();
  }

  private static void check(BackendStatus status, String... parts) {
    assertFalse(status.able());
    for (String part : parts) {
      assertTrue(status.reason().contains(part), status.reason() + "\nlacks " + part);
    }
    assertTrue(status.remedy().contains("gatun runtimes install"), status.remedy());
  }

  @Test
  void aFileThatIsNotThereIsTheOnlyAttempt() {
    check(status("/no/such/libonnxruntime.so"), "/no/such/libonnxruntime.so");
  }

  @Test
  void anOldLibraryIsNamedWithItsVersion() throws Exception {
    String library =
        compile(
            """
            typedef struct { const void* (*api)(unsigned); const char* (*version)(void); } Base;
            static const void* api(unsigned version) { return version > 17 ? 0 : "x"; }
            static const char* version(void) { return "1.17.3"; }
            static const Base base = { api, version };
            const Base* OrtGetApiBase(void) { return &base; }
            """);
    check(status(library), "ONNX Runtime 1.17.3", "older than version 24", "1.24 or later");
  }

  @Test
  void anotherLibraryIsNotOnnxRuntime() throws Exception {
    check(status(compile("int other(void) { return 1; }\n")), "it has no OrtGetApiBase");
  }

  /** The self-test's process dies, not this one. */
  @Test
  void aLibraryThatCrashesWhileItLoadsHarmsNobody() throws Exception {
    String library =
        compile(
            """
            #include <stdlib.h>
            __attribute__((constructor)) static void crash(void) { abort(); }
            """);
    BackendStatus status = status(library);
    assertFalse(status.able());
    assertTrue(status.reason().contains("killed by signal 6"), status.reason());
  }
}
