package dev.gatun.os;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.NativeCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Linux says about the memory that was mapped. */
class LinuxMemoryTest {
  private static final long MIB = 1 << 20;
  private static final Path THP = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  @BeforeEach
  void linux() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    if (!linux) {
      System.out.println("skipped: huge pages are asked for on Linux alone");
    }
    assumeTrue(linux, "huge pages are asked for on Linux alone");
  }

  private static void needHugePages() {
    if (!Files.exists(THP)) {
      System.out.println("skipped: this kernel has no transparent huge pages");
    }
    assumeTrue(Files.exists(THP), "this kernel has no transparent huge pages");
  }

  @Test
  void theSystemNotesTheAdviceForTheWholeMemory() {
    needHugePages();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(13 * MIB + 4096, arena);
      assertEquals(0, memory.address() % (2 * MIB));
      assertTrue(Mappings.hugeAt(memory.address()));
      assertTrue(Mappings.hugeAt(memory.address() + memory.byteSize() - 1));
      assertFalse(Mappings.hugeAt(memory.address() + memory.byteSize()));
    }
  }

  @Test
  void onlyWhatWasTouchedIsResident() {
    needHugePages();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = HugePages.allocate(64 * MIB, arena);
      memory.set(ValueLayout.JAVA_BYTE, 5 * MIB, (byte) 1);
      assertTrue(Mappings.at(memory.address()).orElseThrow().residentBytes() <= 2 * MIB);
      memory.fill((byte) 1);
      assertEquals(64 * MIB, Mappings.at(memory.address()).orElseThrow().residentBytes());
    }
  }

  @Test
  void closingTheArenaUnmaps() {
    needHugePages();
    long address;
    try (Arena arena = Arena.ofConfined()) {
      address = HugePages.allocate(24 * MIB, arena).address();
      assertTrue(Mappings.hugeAt(address));
    }
    // Another thread of the JVM may have mapped something there meanwhile; it asks for no huge
    // pages.
    assertFalse(Mappings.hugeAt(address));
    assertFalse(Mappings.hugeAt(address + 23 * MIB));
  }

  @Test
  void aFailedMappingIsNoMemory() {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(Optional.empty(), LinuxMemory.map(1L << 60, arena));
    }
  }

  @Test
  void aRefusalOfTheSystemBecomesAnException() {
    var refusal = assertThrows(NativeCallException.class, () -> LinuxMemory.unmap(4097, 4096));
    assertEquals("libc", refusal.library());
    assertEquals("munmap", refusal.function());
    assertEquals(22, refusal.code());
    assertEquals("munmap of libc failed: Invalid argument (22)", refusal.getMessage());
  }

  @Test
  void aJvmThatForbidsNativeCallsGivesOrdinaryMemory() throws IOException, InterruptedException {
    String classPath =
        Stream.of(HugePages.class, HugePagesTest.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .distinct()
            .collect(Collectors.joining(":"));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-cp",
                classPath,
                Forbidden.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, child.waitFor(), output);
    assertEquals("8388608 bytes, huge false", output.strip());
  }

  /** Run without native access. */
  static final class Forbidden {
    private Forbidden() {}

    public static void main(String[] arguments) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = HugePages.allocate(8 * MIB, arena);
        boolean huge = Mappings.hugeAt(memory.address());
        System.out.println(memory.byteSize() + " bytes, huge " + huge);
      }
    }
  }
}
