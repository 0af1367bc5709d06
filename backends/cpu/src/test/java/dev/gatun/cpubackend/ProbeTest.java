package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpu.CpuLibrary;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a probe says when something is wrong. */
class ProbeTest {
  private record Context(Map<String, String> properties) implements ProbeContext {
    @Override
    public Optional<String> property(String name) {
      return Optional.ofNullable(properties.get(name));
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public long memoryBudget() {
      return 1 << 20;
    }

    @Override
    public <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> factory) {
      throw new AssertionError("a probe shares nothing");
    }
  }

  private static Probe probe(String name, String value) {
    return new CpuBackendProvider()
        .probe(new Context(Map.of("gatun.home", "target/home", name, value)));
  }

  @Test
  void aLibraryThatIsNotThereIsNamed() {
    Probe probe = probe(CpuLibrary.PROPERTY, "/no/such/library.so");
    assertFalse(probe.able());
    assertEquals(Finding.Stage.ABLE, probe.last().stage());
    assertTrue(probe.last().reason().contains("/no/such/library.so"), probe.last().reason());
    assertTrue(probe.last().remedy().contains(CpuLibrary.PROPERTY), probe.last().remedy());
  }

  @Test
  void anInstructionSetThatIsNotThereIsRefused() {
    Library.kernels();
    Probe probe = probe(CpuBackendProvider.INSTRUCTIONS, "abacus");
    assertTrue(probe.findings().getFirst().good() && !probe.able());
    assertTrue(probe.last().reason().contains("portable"), probe.last().reason());
  }

  @Test
  void productsInBf16NeedAnInstructionSetThatHasThem() {
    Library.kernels();
    var context =
        new Context(
            Map.of(
                "gatun.home",
                "target/home",
                NativeChoices.FLOATS,
                "bf16",
                CpuBackendProvider.INSTRUCTIONS,
                "portable"));
    Probe probe = new CpuBackendProvider().probe(context);
    assertFalse(probe.able());
    assertTrue(probe.last().reason().contains("portable"), probe.last().reason());
    assertFalse(probe(NativeChoices.FLOATS, "f8").able());
  }

  @Test
  void theInstructionSetCanBeNarrowed() {
    Library.kernels();
    Probe probe = probe(CpuBackendProvider.INSTRUCTIONS, "portable");
    assertTrue(probe.able(), () -> probe.last().toString());
    assertTrue(probe.devices().getFirst().info().id().equals("cpu:portable"));
  }
}
