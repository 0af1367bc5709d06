package dev.gatun.bench.micro;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One product with a weight of 4096 x 2048 (out x in), the kernel that language models spend their
 * time in, as a graph of a single node: {@code rows} of 1 is decode, of 128 prefill. Two threads.
 * See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class Product {
  private static final int THREADS = 2;
  private static final int OUT = 4096;
  private static final int IN = 2048;

  /** The node, compiled. */
  @State(Scope.Benchmark)
  public static class Compiled {
    /** The backend that runs it. */
    @Param({"cpu", "vector"})
    public String backend;

    /** How the weight is stored. */
    @Param({"Q4_0", "Q8_0", "F16", "F32"})
    public DType format;

    /** Rows of the other operand. */
    @Param({"1", "128"})
    public int rows;

    private final Arena arena = Arena.ofShared();
    private final Batch batch = new Batch(0);
    private GatunRuntime runtime;
    private CompiledPlan plan;
    private Session session;

    @Setup
    public void open() {
      var random = new SplittableRandom(1);
      MemorySegment weight = arena.allocate(format.byteSize((long) OUT * IN), 64);
      float[] row = new float[IN];
      for (int i = 0; i < OUT; i++) {
        numbers(row, random);
        BlockFormat.of(format).encode(row, 0, weight, i * format.byteSize(IN), IN);
      }
      float[] x = new float[rows * IN];
      numbers(x, random);
      var builder = new GraphBuilder("product");
      var operand = builder.input("x", DType.F32, Dim.of(rows), Dim.of(IN));
      var constant = builder.constant("w", new Tensor(format, Shape.of(OUT, IN), weight));
      builder.output(builder.linear("y", operand, constant));
      runtime = GatunRuntime.builder().offline(true).threads(THREADS).build();
      var one = new SessionOptions(1, 1, 1, 1);
      plan =
          runtime.compile(
              PlanRequest.of(builder.build(), one).withPolicy(Policy.require(backend)),
              CompileOptions.DEFAULT);
      session = plan.newSession(one);
      batch.set("x", Tensor.ofFloats(Shape.of(rows, IN), x));
    }

    private static void numbers(float[] values, SplittableRandom random) {
      for (int i = 0; i < values.length; i++) {
        values[i] = 2 * random.nextFloat() - 1;
      }
    }

    @TearDown
    public void close() {
      session.close();
      plan.close();
      runtime.close();
      arena.close();
    }
  }

  @Benchmark
  public MemorySegment run(Compiled compiled) {
    compiled.session.run(compiled.batch);
    return compiled.session.output().memory();
  }
}
