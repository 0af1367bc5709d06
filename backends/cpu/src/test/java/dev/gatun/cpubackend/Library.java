package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpu.CpuLibrary;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The library as the build left it. Where there is none, tests that need it are skipped. */
final class Library {
  private Library() {}

  private static CpuLibrary.Lookup lookup() {
    return CpuLibrary.load(
        name -> Optional.ofNullable(System.getProperty(name)), Path.of("target", "home"));
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
        .map(kernels -> (KernelSet) new NativeKernels(kernels, false, false, ScalarKernels::new))
        .toList();
  }

  /** The kernel sets; only logarithm and power may come from elsewhere. */
  static List<KernelSet> alone() {
    return kernels().stream()
        .map(
            kernels -> (KernelSet) new NativeKernels(kernels, false, false, Library::rareFunctions))
        .toList();
  }

  private static KernelSet rareFunctions() {
    ElementwiseKernels scalar = new ScalarKernels().elementwise();
    Object elementwise =
        proxy(
            ElementwiseKernels.class,
            (proxy, method, arguments) -> {
              boolean rare =
                  arguments[0] == Unary.Function.LOG || arguments[0] == Binary.Function.POW;
              if (!rare) {
                throw new AssertionError(method.getName() + " " + arguments[0] + " is not native");
              }
              return method.invoke(scalar, arguments);
            });
    return (KernelSet)
        proxy(
            KernelSet.class,
            (proxy, method, arguments) -> {
              if (!method.getName().equals("elementwise")) {
                throw new AssertionError(method.getName() + " is not native");
              }
              return elementwise;
            });
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(Library.class.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
