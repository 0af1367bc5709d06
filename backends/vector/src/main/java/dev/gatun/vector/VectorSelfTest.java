package dev.gatun.vector;

import dev.gatun.os.NativeMemory;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** Whether the kernels can run here: the width that is asked for exists, and results are right. */
final class VectorSelfTest {
  private VectorSelfTest() {}

  static Finding run(ProbeContext context) {
    try {
      NativeMemory.all();
    } catch (IllegalCallerException e) {
      return Finding.bad(
          Stage.ABLE,
          "this JVM denies native memory access: " + e.getMessage(),
          "start Java with --enable-native-access=dev.gatun.os"
              + " (ALL-UNNAMED when Gatun is on the class path)");
    }
    int widest = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    Optional<String> asked = context.property(VectorBackendProvider.WIDTH);
    if (asked.isPresent() && !asked.get().equals(Integer.toString(widest))) {
      Optional<Finding> refused = refuse(asked.get(), widest);
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    return Finding.good(Stage.ABLE, "vectors of " + widest + " bits");
  }

  private static Optional<Finding> refuse(String asked, int widest) {
    String setting = VectorBackendProvider.WIDTH + " is " + asked;
    if (!asked.equals("128") && !asked.equals("256") && !asked.equals("512")) {
      return Optional.of(
          Finding.bad(Stage.ABLE, setting, "set it to 128, 256 or 512, or leave it out"));
    }
    if (Integer.parseInt(asked) > widest) {
      return Optional.of(
          Finding.bad(
              Stage.ABLE,
              setting + ", but this JVM has vectors of " + widest + " bits on this processor",
              "leave it out; some processors have wider vectors with -XX:UseAVX=3"));
    }
    if (!asked.equals(System.getProperty(VectorBackendProvider.WIDTH))) {
      return Optional.of(
          Finding.bad(
              Stage.ABLE,
              setting + " in the settings, but the kernels read the system property",
              "start Java with -D" + VectorBackendProvider.WIDTH + "=" + asked));
    }
    return Optional.empty();
  }
}
