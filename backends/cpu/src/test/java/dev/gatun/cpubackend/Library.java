package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The library as the build left it. Where there is none, tests that need it are skipped. */
final class Library {
  private Library() {}

  private static CpuLibrary.Lookup lookup() {
    return CpuLibrary.load(
        Optional.ofNullable(System.getProperty(CpuLibrary.PROPERTY)), Path.of("target", "home"));
  }

  /** Every instruction set of this machine. */
  static List<CpuKernels> kernels() {
    CpuLibrary.Lookup lookup = lookup();
    assumeTrue(lookup.library().isPresent(), () -> "no library: " + lookup.failures());
    CpuLibrary library = lookup.library().get();
    return library.supported().stream().map(library::kernels).toList();
  }

  /** The kernel sets, with scalar kernels for what the library lacks. */
  static List<KernelSet> sets() {
    return kernels().stream()
        .map(kernels -> (KernelSet) new NativeKernels(kernels, ScalarKernels::new))
        .toList();
  }
}
