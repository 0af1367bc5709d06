package dev.gatun.cpuengine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Cast;
import dev.gatun.graph.op.Comparison;
import dev.gatun.graph.op.MatMul;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import dev.gatun.testkit.TestContext;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of one-hot rows with a matrix pick its rows; other comparisons are computed. */
class OneHotTest {
  private static final int COUNT = 5;
  private static final int COLUMNS = 3;

  /** Numbers of rows, two of which the matrix lacks. */
  private static final long[] NUMBERS = {3, 0, -1, 4, COUNT, 1};

  /** {@code (numbers == [first, first + 1, ..]) W}. */
  private static Graph graph(long first) {
    var builder = new GraphBuilder("one-hot");
    Value numbers = builder.input("numbers", DType.I64, Dim.of(NUMBERS.length), Dim.of(1));
    long[] count = new long[COUNT];
    float[] matrix = new float[COUNT * COLUMNS];
    for (int i = 0; i < COUNT; i++) {
      count[i] = first + i;
      for (int j = 0; j < COLUMNS; j++) {
        matrix[i * COLUMNS + j] = 10 * (i + 1) + j;
      }
    }
    Value row = builder.constant("count", Tensor.ofLongs(Shape.of(1, COUNT), count));
    Value weights = builder.constant("w", Tensor.ofFloats(Shape.of(COUNT, COLUMNS), matrix));
    Value equal = builder.node("equal", new Comparison(Comparison.Function.EQUAL), numbers, row);
    Value hot = builder.node("cast", new Cast(DType.F32), equal);
    builder.output(builder.node("product", new MatMul(false), hot, weights));
    return builder.build();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void picksRowsAndLeavesOthersZero(long first) {
    Graph graph = graph(first);
    try (var context = new TestContext(2);
        CpuDevice device = TestDevices.of(new ScalarKernels(), context);
        Executable executable =
            device.compile(
                GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT.withProfile(true));
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      var batch = new Batch(0);
      batch.set("numbers", Tensor.ofLongs(Shape.of(NUMBERS.length, 1), NUMBERS));
      session.submit(batch).await();
      MemorySegment y = session.buffer(graph.outputs().getFirst()).hostView().orElseThrow();
      for (int i = 0; i < NUMBERS.length; i++) {
        long row = NUMBERS[i] - first;
        for (int j = 0; j < COLUMNS; j++) {
          float expected = row >= 0 && row < COUNT ? 10 * (row + 1) + j : 0;
          float actual = y.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * COLUMNS + j);
          assertEquals(expected, actual, "row " + i);
        }
      }
      List<String> units = session.timings().stream().map(NodeTiming::unit).toList();
      // Only a count from zero tells rows.
      assertEquals(first == 0, units.contains("engine.gather"), units::toString);
      assertTrue(!units.isEmpty());
    }
  }
}
