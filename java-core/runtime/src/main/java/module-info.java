/** Backend SPI, hardware detection, planner, sessions, model store, installer of runtimes. */
module dev.gatun.runtime {
  requires transitive dev.gatun.graph;
  requires com.fasterxml.jackson.databind;

  exports dev.gatun.runtime.spi;

  uses dev.gatun.runtime.spi.BackendProvider;
}
