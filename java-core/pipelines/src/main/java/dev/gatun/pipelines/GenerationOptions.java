package dev.gatun.pipelines;

import dev.gatun.models.sampling.SamplerOptions;
import java.util.List;
import java.util.Objects;

/**
 * How text is generated. Immutable; start from {@link #DEFAULT}.
 *
 * @param maxTokens most tokens to generate; 0 for as many as the context holds
 * @param sampling how a token is chosen
 * @param stop texts that end the answer; they are not part of it
 * @param shift whether the oldest tokens are dropped when the context is full; otherwise a prompt
 *     that is too long is an error and an answer ends there
 */
public record GenerationOptions(
    int maxTokens, SamplerOptions sampling, List<String> stop, boolean shift) {
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(0, SamplerOptions.DEFAULT, List.of(), false);

  public GenerationOptions {
    Objects.requireNonNull(sampling);
    stop = List.copyOf(stop);
    if (maxTokens < 0 || stop.contains("")) {
      throw new IllegalArgumentException("maxTokens %d, stop %s".formatted(maxTokens, stop));
    }
  }

  public GenerationOptions withMaxTokens(int tokens) {
    return new GenerationOptions(tokens, sampling, stop, shift);
  }

  public GenerationOptions withSampling(SamplerOptions other) {
    return new GenerationOptions(maxTokens, other, stop, shift);
  }

  public GenerationOptions withStop(List<String> texts) {
    return new GenerationOptions(maxTokens, sampling, texts, shift);
  }

  public GenerationOptions withShift(boolean on) {
    return new GenerationOptions(maxTokens, sampling, stop, on);
  }
}
