package dev.gatun.engine.compiled;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The self-test of a vendor's compiler: two vectors are added on the first device. */
public final class CompilerSelfTest {
  private static final float[] A = {1, 2, 3, 4};
  private static final float[] B = {10, 20, 30, 40};

  private CompilerSelfTest() {}

  /**
   * What came of it: a probe that is not able is passed on.
   *
   * @param remedy what to do when the sum is wrong
   */
  public static Finding of(Probe probe, String remedy) {
    if (!probe.able()) {
      return probe.last();
    }
    float[] sum = add(probe.devices().getFirst());
    for (int i = 0; i < A.length; i++) {
      if (sum[i] != A[i] + B[i]) {
        return Finding.bad(
            Stage.ABLE,
            "%s adds %s and %s to %s"
                .formatted(probe.devices().getFirst().info().id(), A[i], B[i], sum[i]),
            remedy);
      }
    }
    List<String> devices = probe.devices().stream().map(device -> device.info().id()).toList();
    return Finding.good(
        Stage.ABLE, "%s; %s".formatted(probe.last().reason(), String.join(", ", devices)));
  }

  private static float[] add(Device device) {
    GraphBuilder builder = new GraphBuilder("self test");
    Value a = builder.input("a", DType.F32, Dim.of(A.length));
    Value b = builder.input("b", DType.F32, Dim.of(A.length));
    builder.output(builder.add("sum", a, b));
    Graph graph = builder.build();
    try (Executable executable =
            device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      Batch batch = new Batch(0);
      batch.set("a", Tensor.ofFloats(Shape.of(A.length), A));
      batch.set("b", Tensor.ofFloats(Shape.of(B.length), B));
      session.submit(batch).await();
      MemorySegment result = MemorySegment.ofArray(new float[A.length]);
      session.buffer(graph.outputs().getFirst()).read(0, result).await();
      return result.toArray(ValueLayout.JAVA_FLOAT);
    }
  }
}
