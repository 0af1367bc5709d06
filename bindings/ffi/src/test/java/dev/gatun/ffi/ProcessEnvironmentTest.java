package dev.gatun.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessEnvironmentTest {
  @Test
  void aLibrarySeesWhatWasSetAndWhatTheUserSetStays() throws Throwable {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "skipped: no setenv here");
    String name = "GATUN_FFI_TEST_VARIABLE";
    assertEquals(Optional.empty(), get(name));
    assertTrue(ProcessEnvironment.setDefault(name, "1"));
    assertEquals(Optional.of("1"), get(name));
    assertTrue(ProcessEnvironment.setDefault(name, "2"));
    assertEquals(Optional.of("1"), get(name));
  }

  private static Optional<String> get(String name) throws Throwable {
    Linker linker = Linker.nativeLinker();
    var getenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("getenv"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      return Pointers.text((MemorySegment) getenv.invokeExact(Pointers.text(name, arena)));
    }
  }
}
