package dev.gatun.qnnbackend;

import dev.gatun.runtime.spi.Device;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The conformance suite in half precision, on the NPU or its simulator. The simulator takes a third
 * of a second to compile the smallest graph: usually some cases of each kind run, all of them with
 * {@code gatun.test.effort} above 1.
 */
class ConformanceTest {
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);
  private static final TestContext CONTEXT = new TestContext(2, Map.of(QnnSettings.CACHE, "off"));

  /** Cases of each kind that are run usually. */
  private static final Pattern USUAL =
      Pattern.compile(
          "MatMul/F32.*|MatMul/Q4_K|Unary/(GELU|SILU|EXP)/values.*|Binary/broadcast.*"
              + "|GatedActivation/SILU|Reduce/(SUM|MAX)|Softmax/rows|LayerNormalization/.*values|Gather/(F32|axes.*|elements.*)|Slice/steps|OneHot/axes|Trilu/diagonals"
              + "|Conv/(plain|strides.*)|Attention/causal, (groups of 4|window)"
              + "|Attention/state F32, (chunks|sequences)|Attention/padded: (groups|causal|window)"
              + "|State/LLAMA: (parts equal.*|fork.*)");

  /** What half precision cannot hold, or the NPU computes in its own way; see the README. */
  private static final Pattern OTHERWISE =
      Pattern.compile(".*/special.*|Session/values can be observed");

  @TestFactory
  Stream<DynamicTest> conformance() {
    Device device = Installed.npu(CONTEXT);
    Predicate<String> all = name -> !OTHERWISE.matcher(name).matches();
    Predicate<String> some = name -> USUAL.matcher(name).matches();
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.HALF)
            .withRefusals(ConformanceTest.class.getResourceAsStream("refusals.txt"))
            .withFilter(EFFORT > 1 ? all : all.and(some))
            .withLiveHandles(() -> Installed.handles(CONTEXT)));
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
  }
}
