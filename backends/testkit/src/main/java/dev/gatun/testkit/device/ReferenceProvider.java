package dev.gatun.testkit.device;

import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;

/** The backend {@code reference}: the interpreter, on every machine, slow and exact. */
public final class ReferenceProvider implements BackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ReferenceProvider() {}

  @Override
  public String id() {
    return "reference";
  }

  @Override
  public Probe probe(ProbeContext context) {
    return new Probe(
        id(),
        List.of(
            Finding.good(Stage.PRESENT, "part of the testkit"),
            Finding.good(Stage.ABLE, "pure Java in double precision")),
        List.of(new ReferenceDevice()));
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }
}
