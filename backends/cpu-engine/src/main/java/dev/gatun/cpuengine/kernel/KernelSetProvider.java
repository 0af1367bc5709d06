package dev.gatun.cpuengine.kernel;

import dev.gatun.runtime.spi.ProbeContext;
import java.util.Comparator;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Offers a kernel set to backends whose own set lacks something. Found by {@link ServiceLoader}.
 */
public interface KernelSetProvider {
  /** The larger, the sooner it is taken. */
  int rank();

  /** The kernels, when they run here. */
  Optional<KernelSet> kernels(ProbeContext context);

  /** The highest in rank of those that run here. */
  static Optional<KernelSet> best(ProbeContext context) {
    return ServiceLoader.load(KernelSetProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(KernelSetProvider::rank).reversed())
        .flatMap(provider -> provider.kernels(context).stream())
        .findFirst();
  }
}
