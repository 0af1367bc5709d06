/**
 * What backends that run on the CPU share: plan, memory, workers, caches; kernels come from them.
 */
module dev.gatun.cpuengine {
  requires transitive dev.gatun.engine;
  requires dev.gatun.os;

  exports dev.gatun.cpuengine;
  exports dev.gatun.cpuengine.kernel;
  exports dev.gatun.cpuengine.scalar;
  exports dev.gatun.cpuengine.team;

  uses dev.gatun.cpuengine.kernel.KernelSetProvider;
}
