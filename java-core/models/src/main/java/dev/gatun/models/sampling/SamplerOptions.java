package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a token is chosen from logits. Immutable; start from {@link #DEFAULT}. Names, meanings and
 * defaults are those of llama.cpp's {@code common_params_sampling}; {@link Sampler} says in which
 * order they apply.
 *
 * @param temperature what logits are divided by before they become probabilities; 0 chooses the
 *     likeliest token (greedy)
 * @param topK how many of the likeliest tokens are kept; 0 or less for all
 * @param topP of the likeliest tokens, as many are kept as have this probability together; 1 or
 *     more for all
 * @param minP tokens are kept that have this share of the likeliest token's probability; 0 for all
 * @param typicalP of the tokens whose surprise is nearest to the distribution's entropy, as many
 *     are kept as have more than this probability together; 1 or more for all
 * @param repeatPenalty what the logit of a recent token is divided by (multiplied, when it is
 *     negative); 1 for none
 * @param presencePenalty subtracted from the logit of every recent token; 0 for none
 * @param frequencyPenalty subtracted from the logit of every recent token for each time that it
 *     occurred; 0 for none
 * @param penaltyLastN how many tokens count as recent for the three penalties; 0 disables them
 * @param dry the penalty on continuing a repetition
 * @param mirostat the feedback control of surprise, which replaces most of the chain
 * @param logitBias added to the logits of these tokens; negative infinity forbids a token
 * @param seed seed of the random numbers; empty for another one in each {@link Sampler}, which
 *     tells it
 */
public record SamplerOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    float repeatPenalty,
    float presencePenalty,
    float frequencyPenalty,
    int penaltyLastN,
    DryOptions dry,
    MirostatOptions mirostat,
    Map<Integer, Float> logitBias,
    OptionalLong seed) {
  /** What llama.cpp's programs do when nothing is said; the seed is random. */
  public static final SamplerOptions DEFAULT =
      new SamplerOptions(
          0.8f,
          40,
          0.95f,
          0.05f,
          1f,
          1f,
          0f,
          0f,
          64,
          DryOptions.DISABLED,
          MirostatOptions.DISABLED,
          Map.of(),
          OptionalLong.empty());

  /** The likeliest token, always: {@link #DEFAULT} with temperature 0. */
  public static final SamplerOptions GREEDY = DEFAULT.withTemperature(0);

  /**
   * @throws GatunException of kind {@code USAGE} for a value out of its range
   */
  public SamplerOptions {
    Objects.requireNonNull(dry);
    Objects.requireNonNull(mirostat);
    Objects.requireNonNull(seed);
    logitBias = Map.copyOf(logitBias);
    Ranges.check("temperature", temperature, temperature >= 0, "at least 0");
    Ranges.check("top-p", topP, topP >= 0, "at least 0; 1 keeps all tokens");
    Ranges.check("min-p", minP, minP >= 0 && minP <= 1, "between 0 and 1; 0 keeps all tokens");
    Ranges.check("typical-p", typicalP, typicalP >= 0, "at least 0; 1 keeps all tokens");
    Ranges.check(
        "repeat penalty",
        repeatPenalty,
        repeatPenalty > 0 && Float.isFinite(1 / repeatPenalty),
        "above 0; 1 is no penalty");
    Ranges.check("presence penalty", presencePenalty, true, "a number; 0 is no penalty");
    Ranges.check("frequency penalty", frequencyPenalty, true, "a number; 0 is no penalty");
    Ranges.check("penalty last n", penaltyLastN, penaltyLastN >= 0, "at least 0; 0 disables it");
    for (var bias : logitBias.entrySet()) {
      if (bias.getValue() != Float.NEGATIVE_INFINITY) {
        Ranges.check(
            "bias of token " + bias.getKey(),
            bias.getValue(),
            true,
            "a number, or negative infinity to forbid the token");
      }
    }
  }

  public SamplerOptions withTemperature(float value) {
    return new SamplerOptions(
        value,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withTopK(int value) {
    return new SamplerOptions(
        temperature,
        value,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withTopP(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        value,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withMinP(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        value,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withTypicalP(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        value,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withRepeatPenalty(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        value,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withPresencePenalty(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        value,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withFrequencyPenalty(float value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        value,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withPenaltyLastN(int value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        value,
        dry,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withDry(DryOptions value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        value,
        mirostat,
        logitBias,
        seed);
  }

  public SamplerOptions withMirostat(MirostatOptions value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        value,
        logitBias,
        seed);
  }

  public SamplerOptions withLogitBias(Map<Integer, Float> value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        value,
        seed);
  }

  public SamplerOptions withSeed(long value) {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        OptionalLong.of(value));
  }

  /** Another seed for each sampler. */
  public SamplerOptions withRandomSeed() {
    return new SamplerOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        presencePenalty,
        frequencyPenalty,
        penaltyLastN,
        dry,
        mirostat,
        logitBias,
        OptionalLong.empty());
  }
}
