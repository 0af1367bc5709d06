package dev.gatun.cudabackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.Settings;
import dev.gatun.testkit.TestContext;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines of many kinds, and failures of their devices, by the stand-in's environment. */
class MachinesTest {
  @BeforeAll
  static void require() {
    assumeTrue(
        System.getProperty(Settings.CUDA_LIBRARY) == null, "skipped: another driver is named");
    try (TestContext context = StandIn.context()) {
      StandIn.require(context);
    }
  }

  private static void assertSays(String line, String... words) {
    for (String word : words) {
      assertTrue(line.contains(word), line);
    }
  }

  @Test
  void everyGpuIsListedAndComputes() throws Exception {
    List<String> lines = new Machine().with("DEVICES", 3).with("CAPABILITY", 86).run("list");
    assertEquals(
        List.of("cuda:0 sm_86 computes", "cuda:1 sm_86 computes", "cuda:2 sm_86 computes", "end"),
        lines.subList(1, lines.size()));
  }

  @Test
  void everyGpuTellsItsEnergyClockAndTemperature() throws Exception {
    String told = "true  OptionalDouble[1980.0] OptionalDouble[61.0] OptionalDouble[700.0]";
    assertEquals(List.of(told, told, "end"), new Machine().with("DEVICES", 2).run("meter"));
  }

  @Test
  void aGpuThatCountsNoEnergySaysSoAndTellsTheRest() throws Exception {
    assertSays(
        new Machine().withNvml("ENERGY", 0).run("meter").getFirst(),
        "false this GPU has no counter of energy",
        "1980");
    assertSays(
        new Machine().withNvml("LOST", 1).run("meter").getFirst(),
        "false nvmlDeviceGetTotalEnergyConsumption of NVML failed: the GPU has fallen off the bus");
  }

  @Test
  void aGpuInTheHostsMemoryReadsWeightsFromTheMappedFile() throws Exception {
    String all = " [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0]";
    assertEquals(List.of("32" + all, "end"), new Machine().run("mapped"));
    assertEquals(List.of("0" + all, "end"), new Machine().with("INTEGRATED", 1).run("mapped"));
  }

  @Test
  void aDriverWithoutGpuSaysSo() throws Exception {
    assertSays(new Machine().with("DEVICES", 0).run("list").getFirst(), "NO_DEVICE", "nvidia-smi");
  }

  @Test
  void anOldDriverIsToBeUpdated() throws Exception {
    assertSays(
        new Machine().with("DRIVER", 12080).run("list").getFirst(),
        "CUDA up to 12.8, which is older than NVRTC 13",
        "update NVIDIA's driver to one for CUDA 13");
  }

  @Test
  void anOldGpuIsRefusedAndANewOneGetsPtx() throws Exception {
    assertSays(
        new Machine().with("CAPABILITY", 61).run("list").get(1), "sm_61 is older than what NVRTC");
    assertEquals(
        "cuda:0 sm_199 computes", new Machine().with("CAPABILITY", 199).run("list").get(1));
  }

  @Test
  void tooLittleMemoryIsSaidInFiguresAndComesBack() throws Exception {
    List<String> lines = new Machine().with("MEMORY", 21 << 20).run("allocate");
    assertSays(
        lines.get(0), "5 cuda:0", "4,194,304 bytes were asked for", "of 22,020,096 are free");
    assertEquals(List.of("free " + (21 << 20), "end"), lines.subList(1, lines.size()));
  }

  @Test
  void aFailedAllocationLeavesTheDeviceAtWork() throws Exception {
    List<String> lines = new Machine().with("FAIL_ALLOCATION", 1).run("twice");
    assertSays(lines.get(0), "cuda:0 has too little free memory", "bytes were asked for");
    assertEquals("computes", lines.get(1));
  }

  @Test
  void aLostDeviceSaysSoUntilItIsOpenedAnew() throws Exception {
    List<String> lines = new Machine().with("LOSE_DEVICE", 1).run("twice");
    assertSays(lines.get(0), "cuda:0 failed while it worked", "LAUNCH_FAILED", "nvidia-smi");
    assertSays(lines.get(1), "cuda:0 failed while it worked");
    // The stand-in's context is whole again; on a real machine that needs a new process.
    assertEquals(List.of("cuda:0 sm_90 computes", "end"), lines.subList(3, lines.size()));
  }
}
