package dev.gatun.pipelines;

import dev.gatun.models.arch.Pooling;
import dev.gatun.pipelines.onnx.ModelFolder;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Turns texts into vectors whose angles say how alike the texts are. Texts of like length run
 * together, so that little is padded.
 *
 * <pre>{@code
 * try (GatunRuntime runtime = GatunRuntime.builder().build();
 *     Embedding embedding = Embedding.load(runtime, "models/minilm", EmbeddingOptions.DEFAULT)) {
 *   List<float[]> vectors = embedding.embed(List.of("a cat", "a kitten"));
 *   double alike = Embedding.similarity(vectors.get(0), vectors.get(1));
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time. Owns the model, not the runtime.
 */
public final class Embedding implements Pipeline {
  private final TextEncoder encoder;
  private final EmbeddingOptions options;
  private final Pooling pooling;

  private Embedding(TextEncoder encoder, EmbeddingOptions options) {
    this.encoder = encoder;
    this.options = options;
    pooling = options.pooling().orElse(encoder.pooling());
  }

  /**
   * Loads a model.
   *
   * @param name a name of the catalogue or store, a folder with {@code model.onnx} and {@code
   *     tokenizer.json}, an ONNX file with {@code tokenizer.json} beside it, or an encoder in GGUF
   *     by name or path
   * @throws GatunException when there is no such model, it is no text encoder, or nothing can run
   *     it
   */
  public static Embedding load(GatunRuntime runtime, String name, EmbeddingOptions options) {
    return load(runtime, name, options, PullListener.NONE);
  }

  /** {@link #load(GatunRuntime, String, EmbeddingOptions)}, told of what is fetched. */
  public static Embedding load(
      GatunRuntime runtime, String name, EmbeddingOptions options, PullListener listener) {
    if (options.pooling().equals(Optional.of(Pooling.NONE))) {
      throw new IllegalArgumentException("an embedding needs a pooling");
    }
    return new Embedding(encoder(runtime, name, options, listener), options);
  }

  private static TextEncoder encoder(
      GatunRuntime runtime, String name, EmbeddingOptions options, PullListener listener) {
    Optional<ModelFolder> folder = ModelFolder.onDisk(name);
    if (folder.isPresent()) {
      return OnnxTextEncoder.load(runtime, folder.get(), options);
    }
    LocatedModel located = Models.locate(runtime, name, listener);
    return located.path().toString().endsWith(".onnx")
        ? OnnxTextEncoder.load(runtime, ModelFolder.of(located), options)
        : GgufTextEncoder.load(runtime, located, options);
  }

  /** Elements of an embedding. */
  public int dimensions() {
    return encoder.width();
  }

  /** Most tokens of a text; what is longer is cut. */
  public int longest() {
    return encoder.longest();
  }

  public Pooling pooling() {
    return pooling;
  }

  @Override
  public Explanation explain() {
    return encoder.plan().explain();
  }

  /** The embedding of one text. */
  public float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }

  /** Embeddings of texts, in their order. */
  public List<float[]> embed(List<String> texts) {
    List<int[]> tokens = texts.stream().map(this::tokens).toList();
    int[] order =
        IntStream.range(0, tokens.size())
            .boxed()
            .sorted(Comparator.comparingInt(text -> tokens.get(text).length))
            .mapToInt(Integer::intValue)
            .toArray();
    float[][] embeddings = new float[tokens.size()][];
    int from = 0;
    while (from < order.length) {
      int to = end(tokens, order, from);
      run(tokens, Arrays.copyOfRange(order, from, to), embeddings);
      from = to;
    }
    return List.of(embeddings);
  }

  /** Tokens of a text, in the frame that the model expects; the last one stays when it is cut. */
  private int[] tokens(String text) {
    int[] tokens = encoder.tokenizer().encode(text, true, false);
    int longest = encoder.longest();
    if (tokens.length <= longest) {
      return tokens;
    }
    int[] cut = Arrays.copyOf(tokens, longest);
    cut[longest - 1] = tokens[tokens.length - 1];
    return cut;
  }

  /** Where the submission that starts with {@code order[from]} ends. */
  private int end(List<int[]> tokens, int[] order, int from) {
    int to = from;
    long sum = 0;
    while (to < order.length && to - from < encoder.texts()) {
      int length = tokens.get(order[to]).length;
      sum = encoder.isPadded() ? (long) length * (to + 1 - from) : sum + length;
      if (to > from && sum > options.batch()) {
        break;
      }
      to++;
    }
    return to;
  }

  private void run(List<int[]> tokens, int[] texts, float[][] embeddings) {
    List<int[]> batch = new ArrayList<>();
    for (int text : texts) {
      batch.add(tokens.get(text));
    }
    int[] lengths = batch.stream().mapToInt(text -> text.length).toArray();
    Pooler pooler = new Pooler(pooling, encoder.width(), lengths);
    encoder.run(batch, pooler);
    for (int i = 0; i < texts.length; i++) {
      embeddings[texts[i]] = pooler.embedding(i, options.normalize());
    }
  }

  /**
   * Cosine of the angle between two embeddings: 1 for the same direction.
   *
   * @throws IllegalArgumentException when they have not as many elements
   */
  public static double similarity(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(a.length + " elements and " + b.length);
    }
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squareA += (double) a[i] * a[i];
      squareB += (double) b[i] * b[i];
    }
    return squareA == 0 || squareB == 0 ? 0 : dot / Math.sqrt(squareA * squareB);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
