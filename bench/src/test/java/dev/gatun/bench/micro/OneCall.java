package dev.gatun.bench.micro;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.onnxruntime.OnnxRuntime;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtRunOptions;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.onnxruntime.RuntimeFiles;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One call of the smallest graph, the sum of two times four floats, on one thread: through our
 * binding of ONNX Runtime, and through its own Java API of the same version. Each benchmark has a
 * process of its own, since two copies of the library cannot live in one. See {@code
 * scripts/microbench}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class OneCall {
  private static byte[] model() {
    try (InputStream in = OneCall.class.getResourceAsStream("add.onnx")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Our binding: everything is bound once. */
  @State(Scope.Thread)
  public static class Ours {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment y = arena.allocate(16, 64);
    private dev.gatun.onnxruntime.OrtEnvironment environment;
    private dev.gatun.onnxruntime.OrtSession session;
    private OrtRunOptions options;
    private OrtBinding binding;
    private OrtTensor[] tensors;

    @Setup
    public void open() {
      OnnxRuntime runtime =
          OnnxRuntime.of(
              new LibrarySearch("ONNX Runtime")
                  .packaged(
                      RuntimeFiles.packaged().orElseThrow(),
                      Path.of("target", "home").toAbsolutePath())
                  .load(OnnxRuntime::refusal)
                  .library()
                  .orElseThrow());
      environment = runtime.environment(OnnxRuntime.LogLevel.ERROR);
      try (OrtOptions made = environment.options().threads(1)) {
        session = environment.session(arena.allocateFrom(ValueLayout.JAVA_BYTE, model()), made);
      }
      options = environment.runOptions();
      binding = session.newBinding(options);
      long[] four = {4};
      tensors =
          new OrtTensor[] {
            environment.tensor(
                DType.F32, four, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4)),
            environment.tensor(
                DType.F32, four, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 5, 6, 7, 8)),
            environment.tensor(DType.F32, four, y)
          };
      binding.input("a", tensors[0]);
      binding.input("b", tensors[1]);
      binding.output("y", tensors[2]);
    }

    @TearDown
    public void close() {
      binding.close();
      for (OrtTensor tensor : tensors) {
        tensor.close();
      }
      options.close();
      session.close();
      environment.close();
      arena.close();
    }
  }

  /** The official API, with tensors made once. */
  @State(Scope.Thread)
  public static class Theirs {
    private final FloatBuffer y =
        ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    private OrtEnvironment environment;
    private OrtSession session;
    private Map<String, OnnxTensor> inputs;
    private OnnxTensor output;
    private Map<String, OnnxTensor> pinned;

    @Setup
    public void open() throws OrtException {
      environment = OrtEnvironment.getEnvironment();
      try (var options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        session = environment.createSession(model(), options);
      }
      inputs =
          Map.of(
              "a", OnnxTensor.createTensor(environment, new float[] {1, 2, 3, 4}),
              "b", OnnxTensor.createTensor(environment, new float[] {5, 6, 7, 8}));
      output = OnnxTensor.createTensor(environment, y, new long[] {4});
      pinned = Map.of("y", output);
    }

    @TearDown
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      output.close();
      session.close();
      environment.close();
    }
  }

  @Benchmark
  public float binding(Ours ours) {
    ours.binding.run();
    return ours.y.get(ValueLayout.JAVA_FLOAT, 12);
  }

  /** Its best path: the output's memory is given. */
  @Benchmark
  public float jniPinned(Theirs theirs) throws OrtException {
    try (var result = theirs.session.run(theirs.inputs, theirs.pinned)) {
      return result.size() + theirs.y.get(3);
    }
  }

  /** Its usual path: the output is allocated and copied into an array. */
  @Benchmark
  public float jniUsual(Theirs theirs) throws OrtException {
    try (var result = theirs.session.run(theirs.inputs)) {
      return ((float[]) result.get(0).getValue())[3];
    }
  }
}
