package dev.gatun.quantize.optimize;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.quantize.validate.DecoderReport;
import dev.gatun.quantize.validate.DecoderValidation;
import dev.gatun.quantize.validate.DecoderValidation.MemoryMeter;
import dev.gatun.quantize.validate.DecoderValidation.Options;
import dev.gatun.quantize.validate.DecoderValidation.Subject;
import dev.gatun.quantize.validate.WeightErrors;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Measures language models: what they predict of a text against the original's predictions, which
 * are recorded once, and how fast they decode on the device that the planner chooses. What hurts a
 * block is taken from its weights: noise over signal, summed over its tensors.
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
   * @param text in the model's language
   * @param window tokens of a window
   * @param windows most windows
   */
  public record Reading(Policy policy, String text, int window, int windows) {}

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
        "decoder 2",
        GatunRuntime.VERSION,
        reading.policy().toString(),
        reading.text(),
        reading.window() + " " + reading.windows());
  }

  @Override
  public Measurement measure(Path artifact) throws IOException {
    boolean recorded = Files.exists(predictions);
    var options =
        new Options(
            reading.policy(),
            reading.text(),
            reading.window(),
            reading.windows(),
            1,
            recorded ? Optional.empty() : Optional.of(predictions),
            recorded ? Optional.of(predictions) : Optional.empty(),
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
          1 / report.candidate().decodeRate(),
          String.join(", ", report.candidate().devices()));
    }
  }

  @Override
  public List<Integer> mostHurt(Path artifact) throws IOException {
    Map<Integer, Double> noise = new TreeMap<>();
    try (ModelSource candidate = ModelFiles.open(artifact)) {
      for (WeightErrors.Line line : WeightErrors.of(original.source(), candidate).tensors()) {
        int block = TypeMix.layer(line.tensor());
        if (block >= 0 && !line.agreement().exact()) {
          noise.merge(block, Math.pow(10, -line.agreement().snr() / 10), Double::sum);
        }
      }
    }
    return noise.entrySet().stream()
        .sorted(Map.Entry.<Integer, Double>comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
