/** Graphs on GPUs: what the backends that run on them share. */
module dev.gatun.gpuengine {
  requires transitive dev.gatun.engine;

  exports dev.gatun.gpuengine;
  exports dev.gatun.gpuengine.driver;
  exports dev.gatun.gpuengine.kernel;
}
