package dev.gatun.bench.micro;

import dev.gatun.pipelines.Embedding;
import dev.gatun.pipelines.EmbeddingOptions;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.store.LocatedModel;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
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
 * Embeddings of {@value #TEXTS} texts by MiniLM-L6 (ONNX, F32), two threads: tokens, batches, runs,
 * pooling; by our backends, and by the Python package sentence-transformers over ONNX Runtime,
 * which gets the same texts and files. Needs the stored model ({@code scripts/gatun pull minilm}),
 * and for the peer a Python that has sentence-transformers and optimum-onnx ({@code -p
 * python=PATH}).
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
@Fork(1)
public class Embeddings {
  private static final int TEXTS = 1000;
  private static final int THREADS = 2;

  /** One backend. */
  @State(Scope.Benchmark)
  public static class Ours {
    /** The backend that runs it. */
    @Param({"cpu", "vector", "onnxruntime", "openvino"})
    public String backend;

    private final List<String> texts = SyntheticTexts.of(TEXTS);
    private GatunRuntime runtime;
    private Embedding embedding;

    @Setup
    public void open() {
      runtime = GatunRuntime.builder().offline(true).threads(THREADS).build();
      EmbeddingOptions options = EmbeddingOptions.DEFAULT.withPolicy(Policy.require(backend));
      embedding = Embedding.load(runtime, "minilm", options);
    }

    @TearDown
    public void close() {
      embedding.close();
      runtime.close();
    }
  }

  /** The peer: a process that embeds all texts for each line that it is sent. */
  @State(Scope.Benchmark)
  public static class Theirs {
    /** The interpreter. */
    @Param("python3")
    public String python;

    private Path script;
    private Process process;
    private BufferedWriter requests;
    private BufferedReader answers;

    @Setup
    public void open() throws IOException {
      script = Files.createTempFile("sentence_transformers_peer", ".py");
      try (InputStream source =
          Embeddings.class.getResourceAsStream("sentence_transformers_peer.py")) {
        Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
      }
      try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build()) {
        LocatedModel model = StoredModels.minilm(runtime);
        process =
            new ProcessBuilder(
                    python,
                    script.toString(),
                    model.file("model.onnx").orElseThrow().toString(),
                    model.file("tokenizer.json").orElseThrow().toString(),
                    Integer.toString(THREADS),
                    Integer.toString(TEXTS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
      }
      requests = process.outputWriter();
      answers = process.inputReader();
      for (String text : SyntheticTexts.of(TEXTS)) {
        requests.write(text + "\n");
      }
      requests.flush();
    }

    double embed() throws IOException {
      requests.write("\n");
      requests.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IOException("the peer has ended; what it printed tells why");
      }
      return Double.parseDouble(answer);
    }

    @TearDown
    public void close() throws IOException, InterruptedException {
      requests.close();
      process.waitFor();
      Files.delete(script);
    }
  }

  @Benchmark
  public List<float[]> gatun(Ours ours) {
    return ours.embedding.embed(ours.texts);
  }

  @Benchmark
  public double sentenceTransformers(Theirs theirs) throws IOException {
    return theirs.embed();
  }
}
