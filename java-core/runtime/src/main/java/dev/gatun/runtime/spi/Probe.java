package dev.gatun.runtime.spi;

import java.util.List;

/**
 * What a backend found out about this machine.
 *
 * @param findings one per stage that was reached, in order
 * @param devices devices that can be used; empty unless the last finding is good
 */
public record Probe(String backend, List<Finding> findings, List<Device> devices) {
  public Probe {
    findings = List.copyOf(findings);
    devices = List.copyOf(devices);
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a probe has findings");
    }
  }

  /** Whether the backend can run something here. */
  public boolean able() {
    return !devices.isEmpty();
  }

  /** The finding that decided. */
  public Finding last() {
    return findings.getLast();
  }
}
