/** Graphs on GPUs: what the backends that run on them share. */
module dev.gatun.gpuengine {
  requires transitive dev.gatun.runtime;

  exports dev.gatun.gpuengine.driver;
}
