package dev.gatun.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Platform;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from source to result: on a Mac by its GPU, elsewhere by the stand-in. */
class MetalTest {
  private static final int WIDTH = 96;

  @TempDir Path folder;

  /** {@code RmsNormParams} of {@code norm.h}, for rows of {@link #WIDTH}. */
  private static MemorySegment parameters(Arena arena, int rows) {
    MemorySegment block = arena.allocate(20, 8);
    for (int i = 0; i < 4; i++) {
      block.setAtIndex(ValueLayout.JAVA_INT, i, i == 0 ? rows : WIDTH);
    }
    block.setAtIndex(ValueLayout.JAVA_FLOAT, 4, 1e-5f);
    return block;
  }

  private static void fill(MetalBuffer buffer, float value) {
    MemorySegment contents = buffer.contents();
    for (long i = 0; i < contents.byteSize() / 4; i++) {
      contents.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
  }

  private static float at(MetalBuffer buffer, long index) {
    return buffer.contents().getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  @Test
  void aKernelRunsAndEverythingIsReleased() throws IOException {
    Optional<String> library = StandIn.library();
    Metal metal = StandIn.open();
    try (metal;
        MetalLibrary compiled = metal.compile(StandIn.source("norm"));
        MetalKernel kernel = compiled.kernel("rms_norm");
        MetalBuffer x = metal.allocate(4L * 3 * WIDTH);
        MetalBuffer scale = metal.allocate(4L * WIDTH);
        MetalBuffer y = metal.allocate(4L * 3 * WIDTH);
        MetalQueue queue = metal.newQueue();
        Arena arena = Arena.ofConfined()) {
      fill(x, 5);
      fill(scale, 2);
      fill(y, 7);
      try (MetalCommands commands = queue.newCommands()) {
        commands.kernel(kernel);
        commands.memory(0, x, 0);
        commands.memory(1, scale, 0);
        commands.memory(2, y, 4L * WIDTH);
        commands.bytes(3, parameters(arena, 1));
        commands.dispatch(1, 1, 1, 64);
        // A second dispatch reads what the first wrote, a copy what both did.
        commands.memory(1, y, 4L * WIDTH);
        commands.memory(2, y, 8L * WIDTH);
        commands.dispatch(1, 1, 1, 64);
        commands.copy(y, 8L * WIDTH, x, 0, 4L * WIDTH);
        commands.fill(x, 4L * WIDTH, 8, (byte) 0);
        commands.commit();
        commands.await();
        assertTrue(commands.isDone());
        assertTrue(commands.nanoseconds() > 0);
      }
      assertEquals(7, at(y, WIDTH - 1));
      assertEquals(2, at(y, WIDTH), 1e-5);
      assertEquals(2, at(y, 3 * WIDTH - 1), 1e-5);
      assertEquals(2, at(x, WIDTH - 1), 1e-5);
      assertEquals(0, at(x, WIDTH + 1));
      assertEquals(5, at(x, WIDTH + 2));
      assertEquals(7, metal.handles().total());
    }
    assertEquals(0, metal.handles().total());
    if (library.isPresent()) {
      assertEquals(0, StandIn.alive());
    }
  }

  @Test
  void aDeviceSaysWhatItHas() throws IOException {
    try (Metal metal = StandIn.open();
        MetalLibrary compiled = metal.compile(StandIn.source("norm"));
        MetalKernel kernel = compiled.kernel("layer_norm")) {
      assertFalse(metal.name().isEmpty());
      assertTrue(metal.workingSetBytes() > 0);
      assertTrue(metal.maxBufferBytes() > 0);
      assertTrue(metal.maxThreads() >= kernel.maxThreads());
      assertTrue(metal.sharedBytes() >= 16384);
      assertEquals(32, kernel.simdWidth());
      long before = metal.allocatedBytes();
      try (MetalBuffer buffer = metal.allocate(1 << 20)) {
        assertEquals(1 << 20, buffer.contents().byteSize());
        assertTrue(metal.allocatedBytes() >= before + (1 << 20));
      }
      if (StandIn.library().isPresent()) {
        assertEquals("Gatun stand-in (no GPU)", metal.name());
        assertTrue(metal.unified());
      }
    }
  }

  @Test
  void whatDoesNotCompileSaysWhy() throws IOException {
    String source = StandIn.source("norm");
    try (Metal metal = StandIn.open()) {
      NativeCallException e =
          assertThrows(NativeCallException.class, () -> metal.compile("nonsense"));
      assertTrue(e.getMessage().contains("program_source"), e.getMessage());
      try (MetalLibrary compiled = metal.compile(source)) {
        NativeCallException none =
            assertThrows(NativeCallException.class, () -> compiled.kernel("rms_nrom"));
        assertTrue(none.getMessage().contains("no function rms_nrom"), none.getMessage());
      }
      assertEquals(1, metal.handles().total());
    }
  }

  @Test
  void aKernelWithOtherArgumentsIsNotTheOneThatWasCompiledForTheHost() throws IOException {
    StandIn.require();
    String source = StandIn.source("norm");
    String fewer = source.replace("GLOBAL const float *x, GLOBAL const float *scale, ", "");
    String last = source.replaceFirst("PARAMS\\(RmsNormParams\\) p", "GLOBAL float *z");
    try (Metal metal = StandIn.open()) {
      for (String other : new String[] {fewer, last, source.replace("rms_norm", "rms_nrom")}) {
        assertThrows(NativeCallException.class, () -> metal.compile(other));
      }
    }
  }

  @Test
  void aFileIsUsedWhereItIsInSeveralBuffers() throws IOException {
    Optional<String> library = StandIn.library();
    Path file = folder.resolve("weights");
    final int rows = 1024;
    try (Metal metal = StandIn.open();
        MetalLibrary compiled = metal.compile(StandIn.source("norm"));
        MetalKernel kernel = compiled.kernel("rms_norm");
        MetalQueue queue = metal.newQueue();
        MetalBuffer y = metal.allocate(4L * WIDTH);
        MetalBuffer scale = metal.allocate(4L * WIDTH);
        Arena arena = Arena.ofConfined()) {
      fill(scale, 1);
      MemorySegment all = arena.allocate(100 + 4L * WIDTH * rows, 4);
      for (int i = 0; i < WIDTH * rows; i++) {
        all.set(ValueLayout.JAVA_FLOAT, 100 + 4L * i, i % WIDTH == i / WIDTH % WIDTH ? 2 : 0);
      }
      Files.write(file, all.toArray(ValueLayout.JAVA_BYTE));
      try (FileChannel channel = FileChannel.open(file)) {
        MemorySegment mapped =
            channel.map(FileChannel.MapMode.READ_ONLY, 0, all.byteSize(), arena).asSlice(100);
        long half = mapped.byteSize() / 2 / 4 * 4;
        List<MemorySegment> two = List.of(mapped.asSlice(0, half), mapped.asSlice(half));
        List<MemorySegment> pieces =
            LongStream.range(0, rows)
                .mapToObj(row -> mapped.asSlice(4L * WIDTH * row, 4L * WIDTH))
                .toList();
        if (library.isPresent()) {
          StandIn.set("max-buffer", 65536);
          assertTrue(metal.wrap(two).isEmpty(), "each is longer than what buffers share");
        }
        try (MetalBuffer weights = metal.wrap(pieces).orElseThrow()) {
          for (int row = 0; row < rows; row += 31) {
            try (MetalCommands commands = queue.newCommands()) {
              commands.kernel(kernel);
              commands.memory(0, weights, 4L * WIDTH * row);
              commands.memory(1, scale, 0);
              commands.memory(2, y, 0);
              commands.bytes(3, parameters(arena, 1));
              commands.dispatch(1, 1, 1, 32);
              commands.commit();
              commands.await();
            }
            int one = row % WIDTH;
            assertEquals(2 / Math.sqrt(4.0 / WIDTH + 1e-5), at(y, one), 1e-4, "row " + row);
            assertEquals(0, at(y, (one + 1) % WIDTH), "row " + row);
          }
        } finally {
          if (library.isPresent()) {
            StandIn.set("max-buffer", 8L << 30);
          }
        }
      }
    }
  }

  @Test
  void whatIsRecordedRunsInOrderAsOftenAsItIsAsked() throws IOException {
    Metal metal = StandIn.open();
    assumeTrue(metal.recordsDispatches(), "skipped: this GPU's work is encoded anew each time");
    try (metal;
        MetalLibrary compiled = metal.compile(StandIn.source("norm"));
        MetalKernel kernel = compiled.kernel("rms_norm");
        MetalBuffer x = metal.allocate(4L * 3 * WIDTH);
        MetalBuffer scale = metal.allocate(4L * WIDTH);
        MetalQueue queue = metal.newQueue();
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = parameters(arena, 1);
      long room = MetalRecording.room(block.byteSize());
      try (MetalRecording recording = metal.newRecording(2, 4, 2 * room)) {
        for (int i = 0; i < 2; i++) {
          recording.kernel(kernel);
          recording.memory(0, x, 4L * WIDTH * i);
          recording.memory(1, scale, 0);
          recording.memory(2, x, 4L * WIDTH * (i + 1));
          recording.bytes(3, block);
          recording.dispatch(1, 1, 1, 64);
        }
        for (int factor = 2; factor < 4; factor++) {
          fill(x, 5);
          fill(scale, factor);
          try (MetalCommands commands = queue.newCommands()) {
            commands.fill(x, 4L * 2 * WIDTH, 8, (byte) 0);
            commands.execute(recording);
            commands.copy(x, 4L * 2 * WIDTH, x, 0, 8);
            commands.commit();
            commands.await();
          }
          // The second reads what the first wrote, what follows reads what the second wrote.
          assertEquals(factor, at(x, WIDTH), 1e-4);
          assertEquals(factor, at(x, 2 * WIDTH + 1), 1e-4);
          assertEquals(factor, at(x, 0), 1e-4);
          assertEquals(5, at(x, 2));
        }
      }
    }
    assertEquals(0, metal.handles().total());
  }

  @Test
  void workIsDoneLaterAndReadingTooEarlyFindsPoison() throws IOException {
    StandIn.require();
    try (Metal metal = StandIn.open();
        MetalQueue queue = metal.newQueue();
        MetalBuffer x = metal.allocate(64)) {
      assertTrue(Float.isNaN(at(x, 0)), "new memory is undefined");
      fill(x, 1);
      try (MetalCommands commands = queue.newCommands()) {
        commands.fill(x, 0, 64, (byte) 0);
        assertEquals(1, at(x, 0));
        commands.commit();
        assertTrue(Float.isNaN(at(x, 0)), "the device works on it");
        commands.await();
        assertEquals(0, at(x, 0));
      }
    }
  }

  @Test
  void anErrorOfTheDeviceIsThrown() {
    StandIn.require();
    try (Metal metal = StandIn.open();
        MetalQueue queue = metal.newQueue();
        MetalCommands failing = queue.newCommands();
        MetalCommands next = queue.newCommands()) {
      StandIn.set("fail", 1);
      failing.commit();
      NativeCallException e = assertThrows(NativeCallException.class, failing::await);
      assertEquals(8, e.code());
      assertTrue(e.getMessage().contains("the device gave up"), e.getMessage());
      next.commit();
      next.await();
    }
  }

  @Test
  void withoutRoomThereIsNoBuffer() {
    StandIn.require();
    try (Metal metal = StandIn.open()) {
      StandIn.set("memory", 1 << 20);
      NativeCallException e =
          assertThrows(NativeCallException.class, () -> metal.allocate(1 << 21));
      assertTrue(e.getMessage().contains("no room for 2097152 bytes"), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> metal.allocate(1L << 40));
    } finally {
      StandIn.set("memory", 16L << 30);
    }
  }

  @Test
  void aMisspeltMessageAndWrongTypesAreRefusedBeforeTheyAreSent() {
    try (Metal metal = StandIn.open()) {
      ObjectiveC runtime = metal.runtime();
      NativeCallException unknown =
          assertThrows(
              NativeCallException.class,
              () -> runtime.pointer(metal.address(), "newBufferWithLenght:options:", 4L, 0L));
      assertTrue(unknown.getMessage().contains("does not know it"), unknown.getMessage());
      NativeCallException wrong =
          assertThrows(
              NativeCallException.class,
              () ->
                  runtime.pointer(
                      metal.address(), "newBufferWithLength:options:", metal.address()));
      assertTrue(wrong.getMessage().contains("[pointer, pointer, pointer, long, long]"));
    }
  }

  @Test
  void elsewhereThereIsNoMetal() {
    assumeTrue(!Platform.os().equals("macos"), "skipped: this is a Mac");
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> Metal.open(Optional.empty()));
    assertTrue(e.getMessage().contains("macOS"), e.getMessage());
    UnsatisfiedLinkError missing =
        assertThrows(UnsatisfiedLinkError.class, () -> Metal.open(Optional.of("/none/such.so")));
    assertTrue(missing.getMessage().contains("/none/such.so"), missing.getMessage());
  }
}
