/** The CPU engine's kernels in pure Java, on the Vector API. */
module dev.gatun.vector {
  requires dev.gatun.cpuengine;
  requires dev.gatun.os;
  requires jdk.incubator.vector;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.vector.VectorBackendProvider;
  provides dev.gatun.cpuengine.kernel.KernelSetProvider with
      dev.gatun.vector.VectorKernelSetProvider;
}
