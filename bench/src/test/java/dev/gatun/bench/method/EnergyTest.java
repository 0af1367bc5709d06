package dev.gatun.bench.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyTest {
  @TempDir Path folder;

  private void counter(String zone, long microjoules) throws IOException {
    Path own = Files.createDirectories(folder.resolve(zone));
    Files.writeString(own.resolve("energy_uj"), microjoules + "\n");
    Files.writeString(own.resolve("max_energy_range_uj"), "10000000\n");
  }

  @Test
  void packagesAreAddedUpAndTheirPartsAreNot() throws IOException {
    counter("intel-rapl:0", 1_000_000);
    counter("intel-rapl:0:0", 5);
    counter("intel-rapl:1", 9_000_000);
    Energy energy = Energy.find(folder);
    long[] before = energy.read();
    assertEquals(2, before.length);
    counter("intel-rapl:0", 3_500_000);
    // This one begins anew at its maximum of 10 J.
    counter("intel-rapl:1", 500_000);
    assertEquals(4.0, energy.joules(before, energy.read()).value(), 1e-5);
  }

  @Test
  void whatShowsNoCounterSaysSo() {
    Energy energy = Energy.find(folder.resolve("none"));
    long[] none = energy.read();
    assertFalse(energy.joules(none, none).isKnown());
    assertTrue(energy.joules(none, none).unavailable().contains("RAPL"));
  }
}
