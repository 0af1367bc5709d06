package dev.gatun.runtime;

import dev.gatun.runtime.selftest.SelfTestRunner;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.SelfTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the stages PRESENT and ABLE of one provider. Only linkage errors, a device's own errors and
 * the death of a child JVM mean that a backend is not able; any other exception is a bug and
 * propagates.
 */
final class ProviderProbe {
  private final SharedContext context;
  private final SelfTestRunner selfTests;

  ProviderProbe(SharedContext context, Settings settings) {
    this.context = context;
    selfTests = new SelfTestRunner(context, settings);
  }

  Probe run(BackendProvider provider) {
    List<Finding> findings = new ArrayList<>();
    try {
      if (provider.spiVersion() != BackendProvider.SPI_VERSION) {
        findings.add(
            Finding.bad(
                Stage.PRESENT,
                "its module was built for version %d of the backend interface, this runtime speaks %d"
                    .formatted(provider.spiVersion(), BackendProvider.SPI_VERSION),
                "use the same version of all Gatun modules"));
        return new Probe(provider.id(), findings, List.of());
      }
      Optional<SelfTest> selfTest = provider.selfTest();
      if (selfTest.isPresent()) {
        findings.add(selfTest.get().present(context));
        if (!findings.getLast().good()) {
          return new Probe(provider.id(), findings, List.of());
        }
        findings.add(selfTests.run(provider, selfTest.get()));
        if (!findings.getLast().good()) {
          return new Probe(provider.id(), findings, List.of());
        }
      }
      Probe probe = provider.probe(context);
      if (!probe.backend().equals(provider.id())) {
        throw new IllegalStateException(
            "provider '" + provider.id() + "' probed as '" + probe.backend() + "'");
      }
      findings.addAll(probe.findings());
      return new Probe(provider.id(), findings, probe.devices());
    } catch (LinkageError | BackendException e) {
      findings.add(
          Finding.bad(Stage.ABLE, e.getClass().getSimpleName() + ": " + e.getMessage(), "", e));
      return new Probe(provider.id(), findings, List.of());
    }
  }
}
