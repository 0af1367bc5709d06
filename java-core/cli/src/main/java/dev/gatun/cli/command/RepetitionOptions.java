package dev.gatun.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gatun.models.sampling.DryOptions;
import dev.gatun.models.sampling.MirostatOptions;
import dev.gatun.models.sampling.SamplerOptions;
import dev.gatun.models.sampling.SequenceBreakers;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.pipelines.LanguageModel;
import java.util.List;
import picocli.CommandLine.Option;

/**
 * The less usual options of sampling, with llama.cpp's names, meanings and defaults. Not listed in
 * the help one by one: {@link #FOOTER} names them.
 */
final class RepetitionOptions {
  /** The end of the help of commands that have these options. */
  static final String FOOTER =
      "%nMore about sampling, as in llama.cpp: --typical P, --repeat-last-n N, --presence-penalty X,"
          + " --frequency-penalty X, --dry-multiplier X, --dry-base X, --dry-allowed-length N,"
          + " --dry-penalty-last-n N, --dry-sequence-breaker TEXT (none for none),"
          + " --mirostat 2, --mirostat-ent X, --mirostat-lr X.";

  private static final DryOptions DRY = DryOptions.DISABLED;
  private static final MirostatOptions MIROSTAT = MirostatOptions.DISABLED;
  private static final String NO_BREAKERS = "none";

  /** For the options that count tokens: as many as the context holds. */
  private static final int WHOLE_CONTEXT = -1;

  @Option(
      names = {"--typical", "--typical-p"},
      hidden = true)
  private float typicalP = SamplerOptions.DEFAULT.typicalP();

  @Option(names = "--repeat-last-n", hidden = true)
  private int lastN = SamplerOptions.DEFAULT.penaltyLastN();

  @Option(names = "--presence-penalty", hidden = true)
  private float presence = SamplerOptions.DEFAULT.presencePenalty();

  @Option(names = "--frequency-penalty", hidden = true)
  private float frequency = SamplerOptions.DEFAULT.frequencyPenalty();

  @Option(names = "--dry-multiplier", hidden = true)
  private float dryMultiplier = DRY.multiplier();

  @Option(names = "--dry-base", hidden = true)
  private float dryBase = DRY.base();

  @Option(names = "--dry-allowed-length", hidden = true)
  private int dryAllowedLength = DRY.allowedLength();

  @Option(names = "--dry-penalty-last-n", hidden = true)
  private int dryLastN = DRY.penaltyLastN();

  @Option(names = "--dry-sequence-breaker", hidden = true)
  private List<String> breakers = List.of();

  @Option(names = "--mirostat", hidden = true)
  private int mirostat = MIROSTAT.version();

  @Option(names = "--mirostat-ent", hidden = true)
  private float mirostatTau = MIROSTAT.tau();

  @Option(names = "--mirostat-lr", hidden = true)
  private float mirostatEta = MIROSTAT.eta();

  /**
   * Adds these options; what depends on the model is left for {@link #complete}.
   *
   * @throws dev.gatun.tensor.GatunException of kind USAGE for a value out of its range
   */
  SamplerOptions apply(SamplerOptions options) {
    return options
        .withTypicalP(typicalP)
        .withPenaltyLastN(lastN == WHOLE_CONTEXT ? options.penaltyLastN() : lastN)
        .withPresencePenalty(presence)
        .withFrequencyPenalty(frequency)
        .withDry(
            DRY.withMultiplier(dryMultiplier)
                .withBase(dryBase)
                .withAllowedLength(dryAllowedLength)
                .withPenaltyLastN(dryLastN == WHOLE_CONTEXT ? DRY.penaltyLastN() : dryLastN))
        .withMirostat(new MirostatOptions(mirostat, mirostatTau, mirostatEta));
  }

  /** Puts in what only the model tells: the length of its context, tokens of DRY's breakers. */
  SamplerOptions complete(SamplerOptions options, LanguageModel model) {
    SamplerOptions complete = options;
    if (lastN == WHOLE_CONTEXT) {
      complete = complete.withPenaltyLastN(model.contextLength());
    }
    DryOptions dry = options.dry();
    if (dryLastN == WHOLE_CONTEXT) {
      dry = dry.withPenaltyLastN(model.contextLength());
    }
    if (dry.enabled()) {
      dry = dry.withSequenceBreakers(breakers(model.tokenizer()));
    }
    return complete.withDry(dry);
  }

  private SequenceBreakers breakers(Tokenizer tokenizer) {
    if (breakers.contains(NO_BREAKERS)) {
      return SequenceBreakers.NONE;
    }
    return SequenceBreakers.of(
        breakers.isEmpty() ? SequenceBreakers.DEFAULT_TEXTS : breakers,
        tokenizer.vocabulary().size(),
        token -> new String(tokenizer.pieceBytes(token), UTF_8),
        text -> tokenizer.encode(text, false, false));
  }
}
