package dev.gatun.onnxruntimebackend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.onnxruntime.RuntimeFiles;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;

/** The library of the Maven jar; where that has none, tests are skipped. */
final class Jar {
  private Jar() {}

  static Probe probe(ProbeContext context) {
    need();
    return new OnnxRuntimeBackendProvider().probe(context);
  }

  static void need() {
    boolean there = RuntimeFiles.packaged().isPresent();
    if (!there) {
      System.out.println("skipped: the jar of ONNX Runtime has no library for this platform");
    }
    assumeTrue(there, "the jar of ONNX Runtime has no library for this platform");
  }
}
