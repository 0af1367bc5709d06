package dev.gatun.cpuengine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.compile.Region;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.TestContext;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps share a region, with no barrier between them, only when they touch the same rows. */
class RegionsTest {
  private static Graph graph() {
    var builder = new GraphBuilder("part");
    Value x = builder.input("x", DType.F32, Dim.of(8), Dim.of(4));
    Value all = builder.node("all", new Unary(Unary.Function.EXP), x);
    // It starts where all does, but its row 3 is not among what the worker with row 3 of 4 wrote.
    Value first = builder.slice("first", all, 0, 0, 4);
    builder.output(builder.node("part", new Unary(Unary.Function.NEG), first));
    builder.output(builder.node("whole", new Unary(Unary.Function.NEG), all));
    return builder.build();
  }

  @Test
  void aPartOfAStorageWaitsForAllOfIt() {
    try (var context = new TestContext(2);
        CpuDevice device = TestDevices.of(new ScalarKernels(), context);
        var executable =
            (CpuExecutable)
                device.compile(GraphSlice.whole(graph()), List.of(), CompileOptions.DEFAULT)) {
      List<String> beside =
          executable.program.regions().stream()
              .map(Region::steps)
              .map(steps -> steps.stream().flatMap(step -> step.info().nodes().stream()).toList())
              .filter(nodes -> nodes.contains("all"))
              .findFirst()
              .orElseThrow();
      assertTrue(beside.contains("whole"), () -> "beside all: " + beside);
      assertFalse(beside.contains("part"), () -> "beside all: " + beside);
    }
  }
}
