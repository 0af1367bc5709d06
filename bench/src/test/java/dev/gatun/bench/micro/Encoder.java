package dev.gatun.bench.micro;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.graph.pass.OutputSelection;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
 * One run of MiniLM-L6 (ONNX, F32) over a batch of texts, two threads: on our backends, and through
 * ONNX Runtime's own Java API. Needs the stored model ({@code scripts/gatun pull minilm}). See
 * {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class Encoder {
  private static final int THREADS = 2;

  /** The texts: as many as long, all tokens alike, none padded. */
  @State(Scope.Benchmark)
  public static class Texts {
    /** Texts and tokens of each. */
    @Param({"1x16", "1x128", "32x128"})
    public String shape;

    long[] shape() {
      return Arrays.stream(shape.split("x", -1)).mapToLong(Long::parseLong).toArray();
    }

    long[] numbers(long each) {
      long[] numbers = new long[(int) (shape()[0] * shape()[1])];
      Arrays.fill(numbers, each);
      return numbers;
    }

    /** What an input holds. */
    long content(String input) {
      return switch (input) {
        case "input_ids" -> 2000;
        case "attention_mask" -> 1;
        default -> 0;
      };
    }
  }

  private static Path model(GatunRuntime runtime) {
    return StoredModels.minilm(runtime).file("model.onnx").orElseThrow();
  }

  /** One backend. */
  @State(Scope.Benchmark)
  public static class Ours {
    /** The backend that runs it. */
    @Param({"cpu", "vector", "onnxruntime", "openvino"})
    public String backend;

    private final Arena arena = Arena.ofShared();
    private final Batch batch = new Batch(0);
    private GatunRuntime runtime;
    private OnnxFile file;
    private CompiledPlan plan;
    private Session session;

    @Setup
    public void open(Texts texts) {
      runtime = GatunRuntime.builder().offline(true).threads(THREADS).build();
      file = OnnxFile.open(model(runtime));
      Graph whole = OnnxImport.graph(file);
      String output = whole.outputs().getFirst().name();
      Graph graph = GraphOptimizer.apply(OutputSelection.apply(whole, List.of(output)));
      long[] shape = texts.shape();
      Map<String, ShapeProfile.Range> ranges = new HashMap<>();
      for (Value input : graph.inputs()) {
        for (int axis = 0; axis < shape.length; axis++) {
          if (input.type().dim(axis) instanceof Dim.Symbol symbol) {
            ranges.put(symbol.name(), ShapeProfile.Range.fixed(shape[axis]));
          }
        }
        long[] numbers = texts.numbers(texts.content(input.name()));
        MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_LONG, numbers);
        batch.set(input.name(), new Tensor(input.type().dtype(), Shape.of(shape), memory));
      }
      var options = new SessionOptions(1, 1, 1, 1);
      PlanRequest request =
          PlanRequest.of(graph, options)
              .withProfiles(List.of(new ShapeProfile("bench", ranges)))
              .withPolicy(Policy.require(backend));
      plan = runtime.compile(request, CompileOptions.DEFAULT);
      session = plan.newSession(options);
    }

    @TearDown
    public void close() {
      session.close();
      plan.close();
      file.close();
      runtime.close();
      arena.close();
    }
  }

  /** ONNX Runtime's own Java API, with inputs made once. */
  @State(Scope.Benchmark)
  public static class Theirs {
    private OrtEnvironment environment;
    private OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();

    @Setup
    public void open(Texts texts) throws OrtException {
      environment = OrtEnvironment.getEnvironment();
      try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build();
          var options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(THREADS);
        session = environment.createSession(model(runtime).toString(), options);
      }
      for (String input : session.getInputNames()) {
        LongBuffer numbers = LongBuffer.wrap(texts.numbers(texts.content(input)));
        inputs.put(input, OnnxTensor.createTensor(environment, numbers, texts.shape()));
      }
    }

    @TearDown
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      session.close();
      environment.close();
    }
  }

  @Benchmark
  public MemorySegment gatun(Ours ours, Texts texts) {
    ours.session.run(ours.batch);
    return ours.session.output().memory();
  }

  @Benchmark
  public long jni(Theirs theirs, Texts texts) throws OrtException {
    try (var result = theirs.session.run(theirs.inputs)) {
      return result.size();
    }
  }
}
