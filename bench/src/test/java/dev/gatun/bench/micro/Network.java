package dev.gatun.bench.micro;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
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
 * One run of each network of the OCR, file type and speech pipelines, two threads, on random input.
 * Needs the stored models ({@code scripts/gatun pull ppocr}, {@code magika}, {@code silero-vad}).
 * See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class Network {
  /** Which network, on pictures or sounds of which size. */
  public enum Model {
    DETECTION_320("ppocr", "detection.onnx"),
    DETECTION_640("ppocr", "detection.onnx"),
    RECOGNITION("ppocr", "recognition.onnx"),
    ORIENTATION("ppocr", "orientation.onnx"),
    MAGIKA("magika", "model.onnx"),
    SILERO("silero-vad", "model-ifless.onnx");

    private final String name;
    private final String file;

    Model(String name, String file) {
      this.name = name;
      this.file = file;
    }

    /** Shapes of the inputs, by name. */
    Map<String, Shape> shapes() {
      return switch (this) {
        case DETECTION_320 -> Map.of("x", Shape.of(1, 3, 320, 320));
        case DETECTION_640 -> Map.of("x", Shape.of(1, 3, 640, 640));
        case RECOGNITION -> Map.of("x", Shape.of(1, 3, 48, 320));
        case ORIENTATION -> Map.of("x", Shape.of(1, 3, 48, 192));
        case MAGIKA -> Map.of("bytes", Shape.of(1, 2048));
        case SILERO ->
            Map.of("input", Shape.of(1, 576), "state", Shape.of(2, 1, 128), "sr", Shape.of());
      };
    }

    Path file(GatunRuntime runtime) {
      return runtime
          .puller()
          .locate(name)
          .flatMap(located -> located.file(file))
          .orElseThrow(() -> new IllegalStateException("scripts/gatun pull " + name));
    }
  }

  /** One network on one backend. */
  @State(Scope.Benchmark)
  public static class Loaded {
    private static final int THREADS = 2;
    private static final int BYTES = 257;
    private static final long SAMPLE_RATE = 16_000;

    /** The network. */
    @Param public Model model;

    /** The backend that runs it. */
    @Param({"onnxruntime", "cpu", "vector"})
    public String backend;

    private final Arena arena = Arena.ofShared();
    private final Batch batch = new Batch(0);
    private GatunRuntime runtime;
    private OnnxFile file;
    private CompiledPlan plan;
    private Session session;

    @Setup
    public void open() {
      runtime = GatunRuntime.builder().offline(true).threads(THREADS).build();
      file = OnnxFile.open(model.file(runtime));
      Graph graph = GraphOptimizer.apply(OnnxImport.graph(file, Map.of(), model.shapes()));
      var random = new Random(1);
      for (Value input : graph.inputs()) {
        Shape shape = model.shapes().get(input.name());
        batch.set(input.name(), content(input.type().dtype(), shape, random));
      }
      var one = new SessionOptions(1, 1, 1, 1);
      PlanRequest request = PlanRequest.of(graph, one).withPolicy(Policy.require(backend));
      plan = runtime.compile(request, CompileOptions.DEFAULT);
      session = plan.newSession(one);
    }

    private Tensor content(DType dtype, Shape shape, Random random) {
      int count = (int) shape.elements();
      MemorySegment memory = arena.allocate((long) count * dtype.blockBytes(), 64);
      for (int i = 0; i < count; i++) {
        switch (dtype) {
          case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
          case I32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(BYTES));
          default -> memory.setAtIndex(ValueLayout.JAVA_LONG, i, SAMPLE_RATE);
        }
      }
      return new Tensor(dtype, shape, memory);
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

  @Benchmark
  public MemorySegment run(Loaded loaded) {
    loaded.session.run(loaded.batch);
    return loaded.session.output().memory();
  }
}
