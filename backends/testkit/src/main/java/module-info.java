/** Conformance suite that every backend runs, with two devices that prove the SPI. */
module dev.gatun.testkit {
  requires dev.gatun.engine;
  requires dev.gatun.models;
  requires transitive dev.gatun.runtime;
  requires transitive org.junit.jupiter.api;

  exports dev.gatun.testkit;
  exports dev.gatun.testkit.device;
  exports dev.gatun.testkit.machine;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.testkit.device.ReferenceProvider,
      dev.gatun.testkit.device.NullProvider;
}
