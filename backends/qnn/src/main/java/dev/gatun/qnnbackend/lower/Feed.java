package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.tensor.Tensor;

/** What an input of a lowered graph is filled with before a run. */
public sealed interface Feed {
  /** Added to a score that shall not count: beyond all scores, and far from overflow. */
  float HIDDEN = -30000f;

  /** The input. */
  QnnTensor tensor();

  /** An input of the graph: floating-point numbers in the tensor's precision, integers as I32. */
  record Input(QnnTensor tensor, Value value) implements Feed {}

  /**
   * What is added to scores of attention: 0 where a query sees a key, very negative elsewhere.
   * [tokens, capacity + tokens]: first the stored positions, then the tokens of the run.
   *
   * @param positions input with the tokens' positions
   * @param sequences input with the tokens' sequences; absent with a state, which has one
   * @param causal whether later positions are hidden
   * @param window positions that a query sees, itself included; 0 for all
   * @param capacity stored positions; 0 without a state
   */
  record Mask(
      QnnTensor tensor, Value positions, Value sequences, boolean causal, int window, int capacity)
      implements Feed {}

  /**
   * Cosines, or sines, of each position times each inverse frequency. [tokens, 1, frequencies].
   *
   * @param positions input with the tokens' positions
   * @param magnitude factor
   */
  record Angles(
      QnnTensor tensor, Value positions, Tensor frequencies, boolean sine, float magnitude)
      implements Feed {}

  /**
   * Stored keys or values. [capacity, heads * dim].
   *
   * @param keys keys; else values
   */
  record Stored(QnnTensor tensor, State state, boolean keys) implements Feed {}
}
