/**
 * What backends that run on the CPU share: plan, memory, workers, caches; kernels come from them.
 */
module dev.gatun.cpuengine {
  requires transitive dev.gatun.runtime;

  exports dev.gatun.cpuengine.kernel;
}
