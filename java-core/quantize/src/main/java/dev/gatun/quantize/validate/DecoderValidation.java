package dev.gatun.quantize.validate;

import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.Divergence;
import dev.gatun.models.eval.MultipleChoice;
import dev.gatun.models.eval.MultipleChoice.Answer;
import dev.gatun.models.eval.MultipleChoice.Question;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.quantize.observe.ObserveOptions;
import dev.gatun.quantize.observe.ObservedDecoder;
import dev.gatun.quantize.validate.DecoderSide.Edge;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Compares a decoder with a reference: both read the same text, one after the other, so that only
 * one is in memory. The reference's predictions go through a {@link LogitsFile}, with its rounding,
 * so that the figures are those of {@code llama-perplexity}.
 */
public final class DecoderValidation {
  /** Tokens that the blocks' outputs are compared for. */
  private static final int LAYER_TOKENS = 128;

  /**
   * What to do.
   *
   * @param policy how the planner chooses a device
   * @param text what is read
   * @param window tokens of a window
   * @param maxWindows most windows
   * @param longest most tokens of the test at the end of the context
   * @param saveLogits where the reference's predictions shall stay
   * @param logits the reference's predictions; the reference is not run, and the text is not read
   * @param exact whether both compute without rounding activations, where the devices leave the
   *     choice: what is left is what the weights cost
   * @param layers whether the blocks' outputs are compared
   * @param questions that both answer; none with {@code logits}
   */
  public record Options(
      Policy policy,
      String text,
      int window,
      int maxWindows,
      int longest,
      Optional<Path> saveLogits,
      Optional<Path> logits,
      boolean exact,
      boolean layers,
      List<Question> questions) {
    /**
     * @throws GatunException of kind USAGE when a reference that is not run has to answer questions
     */
    public Options {
      questions = List.copyOf(questions);
      if (logits.isPresent() && !questions.isEmpty()) {
        throw new GatunException(
            Kind.USAGE,
            "with the reference's predictions from a file it is not run, so that it answers no questions of a labelled file");
      }
    }
  }

  /** Tells the most resident memory of this process since it was last asked to begin anew. */
  public interface MemoryMeter {
    /** A meter that tells nothing. */
    MemoryMeter NONE =
        new MemoryMeter() {
          @Override
          public void reset() {}

          @Override
          public OptionalLong peak() {
            return OptionalLong.empty();
          }
        };

    /** Begins anew. */
    void reset();

    /** Bytes; empty where the system does not tell. */
    OptionalLong peak();
  }

  /** A model that was opened; the caller closes it. */
  public record Subject(ModelSource source, Optional<String> digest) {}

  private final GatunRuntime runtime;
  private final Options options;
  private final MemoryMeter meter;
  private final Consumer<String> listener;

  /**
   * A validation that has not begun.
   *
   * @param meter of the process's memory
   * @param listener told what is being done
   */
  public DecoderValidation(
      GatunRuntime runtime, Options options, MemoryMeter meter, Consumer<String> listener) {
    this.runtime = runtime;
    this.options = options;
    this.meter = meter;
    this.listener = listener;
  }

  /**
   * Runs it.
   *
   * @throws GatunException of kind USAGE when the text fills no window, or one model is no decoder;
   *     of kind MISMATCH when the models have different tokens
   * @throws IOException when the predictions cannot be kept
   */
  public DecoderReport run(Subject reference, Subject candidate) throws IOException {
    Tokenizer tokenizer = Tokenizers.from(candidate.source().metadata());
    if (options.logits().isPresent()) {
      return compare(reference, candidate, tokenizer, options.logits().get(), Optional.empty());
    }
    int[] tokens = tokens(reference, tokenizer);
    requireRoom(tokenizer);
    Path kept = options.saveLogits().orElse(null);
    Path file = kept != null ? kept : Files.createTempDirectory("gatun").resolve("logits");
    try {
      DecoderSide side = record(reference, tokenizer, tokens, file);
      return compare(reference, candidate, tokenizer, file, Optional.of(side));
    } finally {
      if (kept == null) {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.getParent());
      }
    }
  }

  private int[] tokens(Subject reference, Tokenizer tokenizer) {
    Tokenizer other = Tokenizers.from(reference.source().metadata());
    int[] all = other.encode(options.text(), true, false);
    if (!Arrays.equals(all, tokenizer.encode(options.text(), true, false))) {
      throw new GatunException(
          Kind.MISMATCH,
          "the text has other tokens in the candidate than in the reference: their predictions cannot be compared; were both made of the same model?");
    }
    int windows = Math.min(options.maxWindows(), all.length / options.window());
    if (windows < 1) {
      throw new GatunException(
          Kind.USAGE,
          "the text has %d tokens, which make no window of %d: give a longer text or a smaller --ctx"
              .formatted(all.length, options.window()));
    }
    return Arrays.copyOf(all, windows * options.window());
  }

  private void requireRoom(Tokenizer tokenizer) {
    int room = Math.max(options.window(), options.longest());
    for (int i = 0; i < options.questions().size(); i++) {
      int needed = MultipleChoice.tokens(options.questions().get(i), tokenizer);
      if (needed > room) {
        throw new GatunException(
            Kind.USAGE,
            "question %d of the labelled file takes %d tokens, more than %d: raise --longest"
                .formatted(i + 1, needed, room));
      }
    }
  }

  private Divergence.Text text(int[] tokens, int window, Tokenizer tokenizer, int batch) {
    OptionalInt first = tokenizer.addsBos() ? tokenizer.special().bos() : OptionalInt.empty();
    return new Divergence.Text(tokens, window, first, batch);
  }

  private ObservedDecoder open(Subject subject, int window) {
    int longest = Math.max(window, options.longest());
    ObserveOptions observe =
        ObserveOptions.of(longest)
            .withPolicy(options.policy())
            .withExact(options.exact())
            .withLogits(true);
    return ObservedDecoder.open(
        runtime, subject.source(), subject.digest(), observe, graph -> Set.of());
  }

  private DecoderSide record(Subject subject, Tokenizer tokenizer, int[] tokens, Path file)
      throws IOException {
    listener.accept("the reference reads " + tokens.length + " tokens");
    meter.reset();
    try (ObservedDecoder decoder = open(subject, options.window())) {
      WatchedPass pass = new WatchedPass(decoder);
      Divergence.Text text = text(tokens, options.window(), tokenizer, decoder.batch());
      try (var writer = new LogitsFile.Writer(file, text, decoder.model().vocabularySize())) {
        Divergence.record(pass, text, writer);
        writer.finish();
      }
      return side(subject, decoder, pass, tokenizer, tokens);
    }
  }

  private DecoderReport compare(
      Subject reference,
      Subject candidate,
      Tokenizer tokenizer,
      Path file,
      Optional<DecoderSide> referenceSide)
      throws IOException {
    DecoderSide side;
    Divergence divergence;
    int[] tokens;
    int window;
    meter.reset();
    try (var reader = new LogitsFile.Reader(file)) {
      tokens = reader.tokens();
      window = reader.window();
      listener.accept("the candidate reads " + tokens.length + " tokens");
      try (ObservedDecoder decoder = open(candidate, window)) {
        if (decoder.model().vocabularySize() != reader.vocabulary()) {
          throw new GatunException(
              Kind.MISMATCH,
              "the predictions are of a vocabulary of %d tokens, %s has %d"
                  .formatted(
                      reader.vocabulary(),
                      candidate.source().name(),
                      decoder.model().vocabularySize()));
        }
        WatchedPass pass = new WatchedPass(decoder);
        divergence = Divergence.of(pass, text(tokens, window, tokenizer, decoder.batch()), reader);
        side = side(candidate, decoder, pass, tokenizer, tokens);
      }
    }
    listener.accept("comparing weights");
    WeightErrors weights = WeightErrors.of(reference.source(), candidate.source());
    List<LayerErrors.Line> layers =
        options.layers() ? layers(reference, candidate, tokens) : List.of();
    Optional<TaskReport> task = referenceSide.flatMap(other -> task(other, side));
    return new DecoderReport(
        options.exact(), referenceSide, side, divergence, window, weights, task, layers);
  }

  private Optional<TaskReport> task(DecoderSide reference, DecoderSide candidate) {
    if (options.questions().isEmpty()) {
      return Optional.empty();
    }
    List<Integer> labels = options.questions().stream().map(Question::label).toList();
    return Optional.of(
        new TaskReport(
            List.of(
                measure("by likelihood", labels, reference, candidate, Answer::choice),
                measure(
                    "by likelihood per character",
                    labels,
                    reference,
                    candidate,
                    Answer::normalized))));
  }

  private static TaskReport.Measure measure(
      String name,
      List<Integer> labels,
      DecoderSide reference,
      DecoderSide candidate,
      Function<Answer, Integer> choice) {
    return TaskReport.Measure.of(
        name,
        labels,
        reference.answers().stream().map(choice).toList(),
        candidate.answers().stream().map(choice).toList());
  }

  private List<LayerErrors.Line> layers(Subject reference, Subject candidate, int[] tokens) {
    listener.accept("comparing what the blocks give");
    int[] text = Arrays.copyOf(tokens, Math.min(LAYER_TOKENS, tokens.length));
    return LayerErrors.compare(observe(reference, text), observe(candidate, text));
  }

  private Map<Integer, List<float[]>> observe(Subject subject, int[] text) {
    ObserveOptions observe =
        ObserveOptions.of(text.length).withPolicy(options.policy()).withExact(options.exact());
    try (ObservedDecoder decoder =
        ObservedDecoder.open(
            runtime, subject.source(), subject.digest(), observe, LayerErrors::names)) {
      return LayerErrors.read(decoder, text);
    }
  }

  private DecoderSide side(
      Subject subject,
      ObservedDecoder decoder,
      WatchedPass pass,
      Tokenizer tokenizer,
      int[] tokens) {
    double prefill = pass.rate();
    EdgeTexts edges = new EdgeTexts(decoder, tokenizer, tokens);
    List<Edge> tried =
        edges.run(Math.min(options.longest(), decoder.model().trainedContextLength()));
    List<Answer> answers =
        options.questions().stream()
            .map(question -> MultipleChoice.ask(decoder, tokenizer, question, decoder.batch()))
            .toList();
    return new DecoderSide(
        subject.source().name(),
        bytes(subject.source()),
        decoder.devices(),
        decoder.choices(),
        decoder.compileSeconds(),
        prefill,
        edges.decodeRate(),
        meter.peak(),
        pass.notFinite(),
        pass.largest(),
        tried,
        answers);
  }

  private static long bytes(ModelSource source) {
    return source.tensorNames().stream()
        .map(name -> source.info(name).orElseThrow())
        .mapToLong(info -> info.dtype().byteSize(info.shape().elements()))
        .sum();
  }
}
