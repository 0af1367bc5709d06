package dev.gatun.cudabackend;

import dev.gatun.cuda.Nvrtc;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.gpuengine.driver.KernelSource;
import dev.gatun.runtime.spi.BackendException;
import java.util.Comparator;
import java.util.List;

/**
 * Compiles kernels with NVRTC: to machine code of the device, which is kept; to PTX for a device
 * that is newer than NVRTC, whose driver compiles it further. Thread-safe.
 */
final class KernelCompiler {
  /** The language of the kernels. */
  static final String LANGUAGE = "--std=c++14";

  /** Warnings are for our tests, not for users. */
  private static final List<String> OPTIONS = List.of(LANGUAGE, "--disable-warnings");

  private final Nvrtc nvrtc;
  private final ImageCache cache;

  KernelCompiler(Nvrtc nvrtc, ImageCache cache) {
    this.nvrtc = nvrtc;
    this.cache = cache;
  }

  /**
   * Machine code or PTX.
   *
   * @param capability of the device: 90 for {@code sm_90}
   * @throws BackendException when NVRTC refuses, with its messages
   */
  byte[] compile(KernelSource source, int capability) {
    String architecture = architecture(capability);
    return cache.get(
        source.family(),
        List.of(source.text(), String.join(" ", OPTIONS), architecture, nvrtc.version()),
        () -> {
          try {
            return nvrtc
                .compile(source.text(), source.family() + ".cu", architecture, OPTIONS)
                .image();
          } catch (NativeCallException e) {
            throw new BackendException(
                "the kernels %s do not compile for %s: %s"
                    .formatted(source.family(), architecture, e.getMessage()),
                e);
          }
        });
  }

  /** What NVRTC calls its target: {@code sm_90}, or {@code compute_120} for what is newer. */
  String architecture(int capability) {
    List<Integer> known =
        nvrtc.architectures().stream()
            .map(name -> Integer.parseInt(name.substring(name.indexOf('_') + 1)))
            .toList();
    if (known.contains(capability)) {
      return "sm_" + capability;
    }
    return known.stream()
        .filter(older -> older < capability)
        .max(Comparator.naturalOrder())
        .map(older -> "compute_" + older)
        .orElseThrow(() ->
            new BackendException(
                "the GPU's architecture sm_%d is older than what NVRTC %s compiles for (from sm_%d on)"
                    .formatted(capability, nvrtc.version(), known.getFirst())));
  }
}
