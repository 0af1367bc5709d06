package dev.gatun.runtime.fake;

import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend with the devices that a test gives it. */
public final class FakeProvider implements BackendProvider {
  public final AtomicInteger probes = new AtomicInteger();
  private final String id;
  private final Finding finding;
  private final List<Device> devices;

  public FakeProvider(String id, Finding finding, List<Device> devices) {
    this.id = id;
    this.finding = finding;
    this.devices = devices;
  }

  public static FakeProvider of(String id, Device... devices) {
    return new FakeProvider(id, Finding.good(Finding.Stage.ABLE, "a fake"), List.of(devices));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Probe probe(ProbeContext context) {
    probes.incrementAndGet();
    return new Probe(id, List.of(finding), devices);
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }
}
