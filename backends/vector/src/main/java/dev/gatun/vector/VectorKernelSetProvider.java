package dev.gatun.vector;

import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.KernelSetProvider;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Optional;

/** This backend's kernels for other backends of the CPU engine, wherever it is able itself. */
public final class VectorKernelSetProvider implements KernelSetProvider {
  public VectorKernelSetProvider() {}

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public Optional<KernelSet> kernels(ProbeContext context) {
    return new VectorBackendProvider().probe(context).able()
        ? Optional.of(new VectorKernels())
        : Optional.empty();
  }
}
