package dev.gatun.bench.micro;

import dev.gatun.bench.task.NetworkInputs;
import dev.gatun.pipelines.onnx.NetworkSpec;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.pipelines.onnx.UsualSizes;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.Tensor;
import java.util.Map;
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
 * What the profile costs that `gatun trace` and `explain --profile` take: one run of MiniLM-L6, two
 * threads, with and without. See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Profiling {
  /** The network. */
  @State(Scope.Benchmark)
  public static class Loaded {
    private static final int THREADS = 2;

    /** The backend that runs it. */
    @Param({"cpu", "vector", "onnxruntime"})
    public String backend;

    /** Whether times of nodes are taken. */
    @Param({"false", "true"})
    public boolean profile;

    private GatunRuntime runtime;
    private OnnxNetwork network;
    private Map<String, Tensor> inputs;

    @Setup
    public void open() {
      runtime = GatunRuntime.builder().offline(true).threads(THREADS).build();
      var file = StoredModels.of(runtime, "minilm").file("model.onnx").orElseThrow();
      network =
          OnnxNetwork.load(
              runtime,
              NetworkSpec.of(file, Policy.require(backend))
                  .withRanges(UsualSizes::ranges)
                  .withProfile(profile));
      inputs = NetworkInputs.of(network.plan().plan().request());
    }

    @TearDown
    public void close() {
      network.close();
      runtime.close();
    }
  }

  @Benchmark
  public OnnxNetwork run(Loaded loaded) {
    loaded.network.run(loaded.inputs);
    return loaded.network;
  }
}
