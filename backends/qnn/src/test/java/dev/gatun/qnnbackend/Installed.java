package dev.gatun.qnnbackend;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;

/** The library that is here, if one is. */
final class Installed {
  private Installed() {}

  /** The NPU, simulated or not; one whose library is there must work. */
  static Device npu(ProbeContext context) {
    Finding present = QnnBackendProvider.present(context);
    assumeTrue(present.good(), () -> "skipped: " + present.reason() + ": " + present.remedy());
    Probe probe = new QnnBackendProvider().probe(context);
    assertTrue(probe.able(), () -> probe.last().toString());
    return probe.devices().getFirst();
  }

  /** Handles that are open, beside the libraries' own. */
  static long handles(ProbeContext context) {
    return context.shared(SharedQnn.class, SharedQnn::new).handles();
  }
}
