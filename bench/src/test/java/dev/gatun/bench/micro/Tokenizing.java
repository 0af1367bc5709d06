package dev.gatun.bench.micro;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Text of about 10,000 UTF-16 units to tokens and back, one thread, with the tokenizers of stored
 * models. {@code scripts/lib/bench/tokenizers_peer.py} does the same with Hugging Face's
 * tokenizers. See {@code scripts/microbench}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Tokenizing {
  private static final int LENGTH = 10_000;

  /** Kinds of text: a line that is repeated. */
  public enum Text {
    ENGLISH("The ship's pilot, aboard since noon, waved at 12 people on the lock's wall. "),
    CODE("for (int i = 0; i < n; i++) {\n    sum += values[i] * weights[i];\n}\n"),
    MIXED("Größe 3,5 m – 船が水門を通る。 Корабль ждёт 🚢 في القناة. ");

    private final String line;

    Text(String line) {
      this.line = line;
    }

    String content() {
      return line.repeat(LENGTH / line.length());
    }
  }

  /** A stored model's tokenizer. */
  public enum Model {
    /** Byte-level byte pairs of 49,152 tokens. */
    SMOLLM2,
    /** WordPiece of 30,522 tokens. */
    MINILM;

    Tokenizer load(GatunRuntime runtime) {
      return switch (this) {
        case SMOLLM2 -> {
          LocatedModel model = StoredModels.of(runtime, "smollm2");
          try (ModelSource source = ModelFiles.open(model.paths(), model.name())) {
            yield Tokenizers.from(source.metadata());
          }
        }
        case MINILM ->
            Tokenizers.from(
                TokenizerJson.read(
                        StoredModels.of(runtime, "minilm").file("tokenizer.json").orElseThrow())
                    .metadata());
      };
    }
  }

  /** A tokenizer with a text. */
  @State(Scope.Benchmark)
  public static class Loaded {
    /** The tokenizer. */
    @Param public Model model;

    /** The text. */
    @Param public Text text;

    private String content;
    private Tokenizer tokenizer;
    private int[] tokens;

    @Setup
    public void load() {
      try (GatunRuntime runtime = GatunRuntime.builder().offline(true).build()) {
        tokenizer = model.load(runtime);
      }
      content = text.content();
      tokens = tokenizer.encode(content, false, false);
    }
  }

  @Benchmark
  public int[] encode(Loaded loaded) {
    return loaded.tokenizer.encode(loaded.content, false, false);
  }

  @Benchmark
  public String decode(Loaded loaded) {
    return loaded.tokenizer.decode(loaded.tokens);
  }
}
