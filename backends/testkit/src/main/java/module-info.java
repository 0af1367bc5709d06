/** Conformance suite that every backend runs, with two devices that prove the SPI. */
module dev.gatun.testkit {
  requires dev.gatun.engine;
  requires transitive dev.gatun.runtime;
  requires transitive org.junit.jupiter.api;

  exports dev.gatun.testkit;
  exports dev.gatun.testkit.device;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.testkit.device.ReferenceProvider,
      dev.gatun.testkit.device.NullProvider;
}
