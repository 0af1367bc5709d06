package dev.gatun.runtime;

import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.Optional;

/** One backend of a runtime, and what its probe found once it has run. */
final class BackendSlot implements AutoCloseable {
  private final KnownBackend known;
  private final Optional<BackendProvider> provider;
  private Probe probed;

  private BackendSlot(KnownBackend known, Optional<BackendProvider> provider, Probe probed) {
    this.known = known;
    this.provider = provider;
    this.probed = probed;
  }

  static BackendSlot of(KnownBackend known, BackendProvider provider) {
    return new BackendSlot(known, Optional.of(provider), null);
  }

  static BackendSlot absent(KnownBackend known, List<String> failures) {
    return new BackendSlot(known, Optional.empty(), Backends.absent(known, failures));
  }

  KnownBackend known() {
    return known;
  }

  String id() {
    return known.id();
  }

  /** Whether the backend's module is there. */
  boolean module() {
    return provider.isPresent();
  }

  List<RuntimeRequirement> requirements() {
    return provider.map(BackendProvider::runtimes).orElse(List.of());
  }

  synchronized boolean isProbed() {
    return probed != null;
  }

  /** Probes on the first call. */
  synchronized Probe probed(ProviderProbe probe) {
    if (probed == null) {
      probed = probe.run(provider.orElseThrow());
    }
    return probed;
  }

  BackendStatus status(ProviderProbe probe) {
    Probe found = probed(probe);
    Finding last = found.last();
    boolean present =
        module()
            && found.findings().stream()
                .noneMatch(f -> f.stage() == Finding.Stage.PRESENT && !f.good());
    return new BackendStatus(
        id(),
        known.description(),
        module(),
        present,
        found.able(),
        last.reason(),
        found.able() ? "" : last.remedy(),
        module() ? found.findings() : List.of(),
        found.devices().stream().map(Device::info).toList());
  }

  @Override
  public synchronized void close() {
    if (probed != null) {
      probed.devices().forEach(Device::close);
    }
  }
}
