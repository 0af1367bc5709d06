package dev.gatun.cli.command;

import dev.gatun.models.sampling.SamplerOptions;
import dev.gatun.pipelines.GenerationOptions;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.tensor.GatunException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that generates text; names and defaults are llama.cpp's. */
final class SamplingOptions {
  @Option(
      names = {"-n", "--max-tokens"},
      paramLabel = "N",
      description = "Most tokens to generate (as many as the context holds).")
  private int maxTokens;

  @Option(
      names = {"--temperature", "--temp"},
      paramLabel = "X",
      description = "0 for greedy (${DEFAULT-VALUE}).")
  private float temperature = SamplerOptions.DEFAULT.temperature();

  @Option(names = "--top-k", paramLabel = "N", description = "0 for all (${DEFAULT-VALUE}).")
  private int topK = SamplerOptions.DEFAULT.topK();

  @Option(names = "--top-p", paramLabel = "X", description = "1 for all (${DEFAULT-VALUE}).")
  private float topP = SamplerOptions.DEFAULT.topP();

  @Option(names = "--min-p", paramLabel = "X", description = "0 for all (${DEFAULT-VALUE}).")
  private float minP = SamplerOptions.DEFAULT.minP();

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      description = "1 for none (${DEFAULT-VALUE}).")
  private float repeatPenalty = SamplerOptions.DEFAULT.repeatPenalty();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the choices (random).")
  private Long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Text that ends the answer; may be repeated.")
  private List<String> stop = List.of();

  @Option(
      names = "--shift",
      description = "When the context is full, drop the oldest half instead of ending.")
  private boolean shift;

  @Mixin private RepetitionOptions repetition = new RepetitionOptions();

  /**
   * What was asked for, checked before a model is loaded.
   *
   * @throws GatunException of kind USAGE for a value out of its range
   */
  GenerationOptions generation() {
    if (maxTokens < 0 || temperature < 0 || topK < 0 || topP < 0 || minP < 0 || minP > 1) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "-n, --temperature, --top-k, --top-p and --min-p cannot be negative, --min-p is at most 1");
    }
    if (stop.contains("")) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "--stop is empty: every answer would end at once; leave it out");
    }
    SamplerOptions options =
        SamplerOptions.DEFAULT
            .withTemperature(temperature)
            .withTopK(topK)
            .withTopP(topP)
            .withMinP(minP)
            .withRepeatPenalty(repeatPenalty);
    if (seed != null) {
      options = options.withSeed(seed);
    }
    return GenerationOptions.DEFAULT
        .withMaxTokens(maxTokens)
        .withSampling(repetition.apply(options))
        .withStop(stop)
        .withShift(shift);
  }

  /** {@link #generation()} with what only the model tells. */
  GenerationOptions generation(LanguageModel model) {
    GenerationOptions options = generation();
    return options.withSampling(repetition.complete(options.sampling(), model));
  }
}
