/** Backend SPI, hardware detection, planner, sessions, model store, installer of runtimes. */
module dev.gatun.runtime {
  requires transitive dev.gatun.graph;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires jdk.management;

  exports dev.gatun.runtime;
  exports dev.gatun.runtime.detect;
  exports dev.gatun.runtime.install;
  exports dev.gatun.runtime.files;
  exports dev.gatun.runtime.plan;
  exports dev.gatun.runtime.session;
  exports dev.gatun.runtime.spi;
  exports dev.gatun.runtime.store;
  exports dev.gatun.runtime.tune;

  uses dev.gatun.runtime.spi.BackendProvider;
  uses dev.gatun.runtime.spi.BlockEncoderProvider;
}
