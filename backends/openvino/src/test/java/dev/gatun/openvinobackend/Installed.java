package dev.gatun.openvinobackend;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;

/** The library of this machine: tests are skipped, with the reason, where there is none. */
final class Installed {
  private Installed() {}

  /** The CPU device; one that is there must work. */
  static Device cpu(ProbeContext context) {
    require(context);
    Probe probe = new OpenVinoProvider().probe(context);
    assertTrue(probe.able(), () -> probe.last().toString());
    return probe.devices().stream()
        .filter(device -> device.info().id().equals("openvino:CPU"))
        .findFirst()
        .orElseThrow();
  }

  static void require(ProbeContext context) {
    Finding present = OpenVinoProvider.present(context);
    assumeTrue(present.good(), () -> present.reason() + ": " + present.remedy());
  }

  /** Handles that are open, beside the core. */
  static long handles(ProbeContext context) {
    SharedCore core =
        context.shared(
            SharedCore.class,
            () -> {
              throw new AssertionError("the device has made it");
            });
    return core.library().handles().total();
  }
}
