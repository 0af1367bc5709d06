package dev.gatun.metalbackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuModule;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.GpuRecording;
import dev.gatun.gpuengine.driver.KernelLanguage;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.gpuengine.kernel.KernelTexts;
import dev.gatun.metal.Metal;
import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that repeats, kept in both ways. */
class RecordingsTest {
  private static final int WIDTH = 64;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRecordingKeepsItsLaunchesAsTheyWere(boolean indirect) {
    Metal metal = Metal.open(StandIn.library()).getFirst();
    assumeTrue(
        !indirect || metal.recordsReliably(), "skipped: not relied on for this family of GPUs");
    try (var gpu = new MetalGpu(metal, "metal:0", indirect);
        GpuModule norms =
            gpu.compile(
                new KernelTexts(KernelLanguage.METAL).source("norm", KernelLanguage.METAL));
        GpuMemory x = gpu.allocate(3L * 4 * WIDTH);
        GpuMemory scale = gpu.allocate(4L * WIDTH);
        GpuQueue queue = gpu.newQueue();
        Arena arena = Arena.ofConfined()) {
      // RmsNormParams of norm.h.
      MemorySegment block = arena.allocateFrom(ValueLayout.JAVA_INT, 1, WIDTH, WIDTH, WIDTH, 0);
      Launch first = launch(norms, x, 0, scale, block);
      Launch second = launch(norms, x, 4L * WIDTH, scale, block);
      try (GpuRecording recording = queue.record(List.of(first, second))) {
        assertEquals(indirect, recording instanceof CommandQueue.Indirect);
        // What is recorded does not change any more.
        block.setAtIndex(ValueLayout.JAVA_INT, 1, 1);
        first.bind(2, x, 8L * WIDTH);
        for (int factor = 2; factor < 4; factor++) {
          fill(x, 7);
          fill(scale, factor);
          queue.replay(recording);
          queue.fence().await();
          assertEquals(7, at(x, WIDTH - 1));
          assertEquals(factor, at(x, WIDTH), 1e-4);
          assertEquals(factor, at(x, 3 * WIDTH - 1), 1e-4);
        }
      }
    }
    assertEquals(0, metal.handles().total());
  }

  /** A row of x becomes the next one. */
  private static Launch launch(
      GpuModule norms, GpuMemory x, long from, GpuMemory scale, MemorySegment block) {
    var launch = new Launch(norms.kernel("rms_norm"), 3, block);
    launch.bind(0, x, from);
    launch.bind(1, scale, 0);
    launch.bind(2, x, from + 4L * WIDTH);
    launch.shape(1, 1, 1, 32);
    return launch;
  }

  private static void fill(GpuMemory memory, float value) {
    MemorySegment content = memory.hostView().orElseThrow();
    for (long i = 0; i < content.byteSize() / 4; i++) {
      content.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
  }

  private static float at(GpuMemory memory, long index) {
    return memory.hostView().orElseThrow().getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  @Test
  void aSettingDecides() {
    try (Metal metal = Metal.open(StandIn.library()).getFirst()) {
      assertEquals(metal.recordsReliably(), RecordingChoice.indirect(metal, Optional.empty()));
      assertFalse(RecordingChoice.indirect(metal, Optional.of("encoded")));
      BackendException e =
          assertThrows(
              BackendException.class, () -> RecordingChoice.indirect(metal, Optional.of("both")));
      assertTrue(e.getMessage().contains("gatun.metal.recordings is indirect or encoded"));
    }
  }
}
