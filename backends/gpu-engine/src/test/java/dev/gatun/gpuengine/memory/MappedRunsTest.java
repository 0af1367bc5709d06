package dev.gatun.gpuengine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedRunsTest {
  @TempDir Path folder;

  private MemorySegment mapped(Arena arena) throws IOException {
    try (var file = new RandomAccessFile(folder.resolve("weights").toFile(), "rw")) {
      file.setLength(1 << 20);
      return file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, 1 << 20, arena);
    }
  }

  @Test
  void neighboursAreOneRunAndWhatLiesFarAwayIsAnother() throws IOException {
    try (Arena arena = Arena.ofShared();
        Arena other = Arena.ofShared()) {
      MemorySegment file = mapped(arena);
      MemorySegment first = file.asSlice(32, 100);
      MemorySegment second = file.asSlice(160, 8000);
      MemorySegment near = file.asSlice(70_000, 16);
      MemorySegment far = file.asSlice(140_000, 16);
      MemorySegment foreign = mapped(other).asSlice(0, 16);
      List<List<MemorySegment>> runs =
          MappedRuns.of(List.of(far, second, near, first)).stream().toList();
      assertEquals(List.of(List.of(first, second, near), List.of(far)), runs);
      assertEquals(2, MappedRuns.of(List.of(first, foreign)).size(), "two mappings");
    }
  }

  @Test
  void onlyMappedMemoryAtMultiplesOf16IsReadWhereItIs() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment file = mapped(arena);
      assertTrue(MappedRuns.usable(file.asSlice(48, 4)));
      assertFalse(MappedRuns.usable(file.asSlice(40, 4)));
      assertFalse(MappedRuns.usable(file.asSlice(48, 0)));
      assertFalse(MappedRuns.usable(arena.allocate(64, 64)));
    }
  }
}
