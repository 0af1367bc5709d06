package dev.gatun.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import dev.gatun.metal.MetalQueue.Argument;
import dev.gatun.metal.MetalQueue.Size;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way from source to result. On a Mac by its GPU; on Linux with GCC by stand-ins in C,
 * which show that every message arrives with its arguments, and that everything is released.
 */
class MetalTest {
  private static final String SOURCE =
      """
      #include <metal_stdlib>
      using namespace metal;
      kernel void twice(device float* x [[buffer(0)]], constant uint& n [[buffer(1)]],
                        uint i [[thread_position_in_grid]]) {
        if (i < n) x[i] *= 2.0f;
      }
      """;

  @TempDir static Path folder;
  private static String library = "";

  @BeforeAll
  static void standIn() throws Exception {
    if (Platform.os().equals("macos")) {
      return;
    }
    assumeTrue(
        Platform.current().equals("linux-x86_64"), "skipped: the stand-ins need x86-64 Linux");
    Path source = folder.resolve("standin.c");
    try (InputStream in = MetalTest.class.getResourceAsStream("standin.c")) {
      Files.copy(in, source);
    }
    Path target = folder.resolve("libstandin.so");
    assumeTrue(compile(source, target), "skipped: there is no gcc that compiles the stand-ins");
    library = target.toString();
  }

  private static boolean compile(Path source, Path target) throws InterruptedException {
    try {
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O0",
                  "-shared",
                  "-fPIC",
                  "-w",
                  "-o",
                  target.toString(),
                  source.toString())
              .inheritIO()
              .start();
      return gcc.waitFor(60, TimeUnit.SECONDS) && gcc.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Metal open() {
    return library.isEmpty() ? Metal.open() : Metal.open(library);
  }

  @Test
  void aKernelRunsAndEverythingIsReleased() {
    final int n = 1000;
    Metal metal = open();
    try (metal;
        MetalLibrary compiled = metal.compile(SOURCE);
        MetalKernel kernel = compiled.kernel("twice");
        MetalBuffer buffer = metal.allocate(4L * (n + 2));
        MetalQueue queue = metal.newQueue();
        Arena arena = Arena.ofConfined()) {
      assertTrue(!metal.name().isEmpty());
      assertTrue(kernel.threadsPerGroup() >= 64);
      MemorySegment x = buffer.contents();
      for (int i = 0; i < n + 2; i++) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, n);
      queue.run(
          kernel,
          List.of(new Argument.Memory(buffer, 4), new Argument.Bytes(count)),
          new Size(8, 2, 1),
          new Size(64, 1, 1));
      assertEquals(0, x.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
      for (int i = 1; i <= n; i++) {
        assertEquals(2f * i, x.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      assertEquals(n + 1, x.getAtIndex(ValueLayout.JAVA_FLOAT, n + 1));
      assertEquals(5, metal.handles().total());
    }
    assertEquals(0, metal.handles().total());
  }

  @Test
  void whatDoesNotCompileSaysWhy() {
    try (Metal metal = open()) {
      NativeCallException e =
          assertThrows(NativeCallException.class, () -> metal.compile("nonsense"));
      assertTrue(e.getMessage().contains("program_source"), e.getMessage());
      try (MetalLibrary compiled = metal.compile(SOURCE)) {
        NativeCallException none =
            assertThrows(NativeCallException.class, () -> compiled.kernel("thrice"));
        assertTrue(none.getMessage().contains("no function thrice"), none.getMessage());
      }
      assertEquals(1, metal.handles().total());
    }
  }

  @Test
  void anErrorOfTheDeviceIsThrown() {
    assumeTrue(!library.isEmpty(), "skipped: a real device does not fail on demand");
    try (Metal metal = open();
        MetalLibrary compiled = metal.compile(SOURCE);
        MetalKernel kernel = compiled.kernel("twice");
        MetalQueue queue = metal.newQueue()) {
      NativeCallException e =
          assertThrows(
              NativeCallException.class,
              () -> queue.run(kernel, List.of(), new Size(1, 1, 1), new Size(1, 1, 1)));
      assertTrue(e.getMessage().contains("the device gave up (5)"), e.getMessage());
    }
  }

  @Test
  void elsewhereThereIsNoMetal() {
    assumeTrue(!Platform.os().equals("macos"), "skipped: this is a Mac");
    assertTrue(
        assertThrows(UnsatisfiedLinkError.class, Metal::open).getMessage().contains("macOS"));
  }
}
