package dev.gatun.graph;

import dev.gatun.tensor.Tensor;

/**
 * A value known when the graph is built. Weights keep their stored format and stay views of the
 * model's file: the graph lives no longer than its {@link ModelSource}.
 */
public record Constant(Value value, Tensor data) {}
