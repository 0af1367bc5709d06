package dev.gatun.quantize.optimize;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.MultipleChoice;
import dev.gatun.models.eval.MultipleChoice.Question;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.quantize.observe.ObserveOptions;
import dev.gatun.quantize.observe.ObservedDecoder;
import dev.gatun.quantize.validate.DecoderReport;
import dev.gatun.quantize.validate.DecoderValidation;
import dev.gatun.quantize.validate.DecoderValidation.MemoryMeter;
import dev.gatun.quantize.validate.DecoderValidation.Options;
import dev.gatun.quantize.validate.DecoderValidation.Subject;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures language models: what they predict of a text against the original's predictions, which
 * are recorded once, and how fast they decode on the device that the planner chooses.
 */
public final class DecoderEvaluator implements Evaluator {
  private final GatunRuntime runtime;
  private final Subject original;
  private final Reading reading;
  private final Path predictions;
  private final Consumer<String> listener;

  /**
   * What is read, and where.
   *
   * @param devices whose policy chooses where the text is read, and on which decoding is timed
   * @param text in the model's language
   * @param window tokens of a window
   * @param windows most windows
   * @param questions of a labelled file, answered by likelihood; may be empty
   */
  public record Reading(
      MeasuredDevices devices, String text, int window, int windows, List<Question> questions) {
    public Reading {
      questions = List.copyOf(questions);
    }
  }

  /**
   * @param original its digest is known
   * @param folder where the original's predictions are kept
   * @param listener told what is being done
   */
  public DecoderEvaluator(
      GatunRuntime runtime,
      Subject original,
      Reading reading,
      Path folder,
      Consumer<String> listener) {
    this.runtime = runtime;
    this.original = original;
    this.reading = reading;
    this.predictions =
        folder.resolve(ArtifactCache.key(original.digest().orElseThrow(), identity()) + ".logits");
    this.listener = listener;
  }

  @Override
  public String identity() {
    return ArtifactCache.key(
        "decoder 4",
        GatunRuntime.VERSION,
        reading.devices().toString(),
        reading.text(),
        reading.window() + " " + reading.windows(),
        reading.questions().toString());
  }

  @Override
  public Wording wording() {
    return new Wording(
        "share of the text's tokens for which the first choice is the original's", "KLD", "TOKEN");
  }

  @Override
  public Measurement measure(Path artifact) throws IOException {
    boolean recorded = Files.exists(predictions);
    var options =
        new Options(
            reading.devices().policy(),
            reading.text(),
            reading.window(),
            reading.windows(),
            1,
            recorded ? Optional.empty() : Optional.of(predictions),
            recorded ? Optional.of(predictions) : Optional.empty(),
            false,
            false,
            List.of());
    try (ModelSource candidate = ModelFiles.open(artifact)) {
      DecoderReport report =
          new DecoderValidation(runtime, options, MemoryMeter.NONE, listener)
              .run(original, new Subject(candidate, Optional.empty()));
      return new Measurement(
          report.divergence().sameTop().value(),
          report.divergence().mean().value(),
          Files.size(artifact),
          reading.devices().time(runtime, policy -> new Timed(candidate, policy), listener),
          right(candidate));
    }
  }

  /** The share of the questions that are answered right. */
  private OptionalDouble right(ModelSource candidate) {
    if (reading.questions().isEmpty()) {
      return OptionalDouble.empty();
    }
    Tokenizer tokenizer = Tokenizers.from(candidate.metadata());
    int longest =
        reading.questions().stream()
            .mapToInt(question -> MultipleChoice.tokens(question, tokenizer))
            .max()
            .orElseThrow();
    listener.accept("the candidate answers %d questions".formatted(reading.questions().size()));
    ObserveOptions options =
        ObserveOptions.of(longest).withPolicy(reading.devices().policy()).withLogits(true);
    try (ObservedDecoder decoder =
        ObservedDecoder.open(runtime, candidate, Optional.empty(), options, graph -> Set.of())) {
      long right =
          reading.questions().stream()
              .filter(question ->
                  MultipleChoice.ask(decoder, tokenizer, question, decoder.batch()).choice()
                      == question.label())
              .count();
      return OptionalDouble.of((double) right / reading.questions().size());
    }
  }

  /** Decodes the text token by token. */
  private final class Timed implements MeasuredDevices.Opened {
    private final ObservedDecoder decoder;
    private final int[] tokens;

    Timed(ModelSource candidate, Policy policy) {
      tokens = Tokenizers.from(candidate.metadata()).encode(reading.text(), true, false);
      decoder =
          ObservedDecoder.open(
              runtime,
              candidate,
              Optional.empty(),
              ObserveOptions.of(reading.window()).withPolicy(policy).withLogits(true),
              graph -> Set.of());
    }

    @Override
    public String device() {
      return String.join(", ", decoder.devices());
    }

    @Override
    public void run(int run) {
      int position = run % Math.min(reading.window(), tokens.length);
      if (position == 0) {
        decoder.forget(0);
      }
      decoder.run(new int[] {tokens[position]}, new int[] {position}, new int[1], new int[1]);
    }

    @Override
    public void close() {
      decoder.close();
    }
  }
}
