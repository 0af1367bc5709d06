/**
 * From logits to the next token, and where an answer ends.
 *
 * <p>Start at {@link dev.gatun.models.sampling.Sampler}: it applies {@link
 * dev.gatun.models.sampling.SamplerOptions} in a fixed order. {@link
 * dev.gatun.models.sampling.StopMatcher} finds stop texts across the borders of tokens.
 *
 * <p>Design: penalties touch only the tokens that they concern, in a copy of the logits; {@code
 * Candidates} then holds what may be chosen, in the order of token ids, and every truncation
 * selects in linear time without sorting (top-k by a heap, top-p and typical by {@code
 * MassSelection}). Nothing is allocated per token. Random numbers, exponentials and logarithms are
 * the same on every platform, so a seed reproduces an answer as far as the logits are reproduced.
 *
 * <p>Differences from llama.cpp, whose chain this is: probabilities are summed in double precision,
 * so a cumulative bound is met exactly (single-precision sums over a whole vocabulary are off by
 * about 1e-4, which moves top-p by a token now and then); equal logits are ordered by token id;
 * other random numbers, so a seed gives another answer there than here.
 */
package dev.gatun.models.sampling;
