package dev.gatun.testkit.device;

import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The backend {@code null}: see {@link NullDevice}. */
public final class NullProvider implements BackendProvider {
  /** Comma-separated op types that the device shall refuse. */
  public static final String REFUSE = "gatun.null.refuse";

  /** For {@link java.util.ServiceLoader}. */
  public NullProvider() {}

  @Override
  public String id() {
    return "null";
  }

  @Override
  public Probe probe(ProbeContext context) {
    Set<String> refused =
        Arrays.stream(context.property(REFUSE).orElse("").split(",", -1))
            .map(String::strip)
            .filter(type -> !type.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    return new Probe(
        id(),
        List.of(
            Finding.good(Stage.PRESENT, "part of the testkit"),
            Finding.good(
                Stage.ABLE, "behaves like a vendor's compiler, computes as the reference")),
        List.of(new NullDevice(refused)));
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }
}
