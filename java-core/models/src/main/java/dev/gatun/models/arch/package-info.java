/**
 * Architectures: metadata and weights in, graph out.
 *
 * <p>{@link dev.gatun.models.arch.Architectures} picks the architecture of a model; {@link
 * dev.gatun.models.arch.ModelGraph} is what it builds. One small class per architecture states what
 * is particular to it; the blocks that they share are {@code Decoder}, {@code Encoder}, {@code
 * SelfAttention}, {@code LatentAttention}, {@code DenseFeedForward}, {@code Experts} and {@code
 * Rope}, over {@code ModelBuilder}, which names tensors and nodes and checks shapes.
 *
 * <p>A model's file is not trusted: every number is checked before it is used, and every tensor's
 * shape against the metadata. A tensor that the graph does not use is an error, because such a
 * graph is not the model.
 */
package dev.gatun.models.arch;
