package dev.gatun.pipelines;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.FuzzSuite;
import dev.gatun.testkit.Precision;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random graphs on `vector` and on the reference; many more with {@code scripts/test --all}.
 *
 * <p>Products with weights of a block format may round activations (to 16 bits, for multiply-adds
 * of integers), which the bound for float kernels does not allow; what these products may be off by
 * is for the conformance suite, whose bounds are analysed and not found by experiment.
 */
class VectorFuzzTest {
  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    runtime = GatunRuntime.open();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  @TestFactory
  Stream<DynamicTest> graphs() {
    Device vector =
        runtime.devices().stream()
            .filter(device -> device.info().backend().equals("vector"))
            .findFirst()
            .orElseThrow();
    return FuzzSuite.tests(vector, ConformanceOptions.of(Precision.INT8_ACTIVATIONS), 50_000, 20);
  }
}
