package dev.gatun.gpuengine;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** The smallest proof that a GPU works: a kernel is compiled, runs, and computes what it should. */
public final class GpuSelfTest {
  private static final float[] GATE = {-1, 0, 2, 3};
  private static final float[] UP = {10, 20, 30, 40};

  private GpuSelfTest() {}

  /** What is wrong, in one sentence; empty for nothing. */
  public static Optional<String> problem(Device device) {
    GraphBuilder builder = new GraphBuilder("self test");
    Value gate = builder.input("gate", DType.F32, Dim.of(GATE.length));
    Value up = builder.input("up", DType.F32, Dim.of(UP.length));
    builder.output(builder.gated("product", Unary.Function.RELU, gate, up));
    Graph graph = builder.build();
    try (Executable executable =
            device.compile(GraphSlice.whole(graph), List.of(), CompileOptions.DEFAULT);
        ExecutableSession session = executable.newSession(new SessionOptions(1, 1, 1, 1))) {
      Batch batch = new Batch(0);
      batch.set("gate", Tensor.ofFloats(Shape.of(GATE.length), GATE));
      batch.set("up", Tensor.ofFloats(Shape.of(UP.length), UP));
      session.submit(batch).await();
      MemorySegment result = MemorySegment.ofArray(new float[GATE.length]);
      session.buffer(graph.outputs().getFirst()).read(0, result).await();
      for (int i = 0; i < GATE.length; i++) {
        float expected = Math.max(0, GATE[i]) * UP[i];
        float actual = result.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        if (actual != expected) {
          return Optional.of(
              "%s computes %s where it should compute %s"
                  .formatted(device.info().id(), actual, expected));
        }
      }
      return Optional.empty();
    }
  }
}
