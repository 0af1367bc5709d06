package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.qnn.QnnTensor;

/** What an output of a lowered graph stands for. */
public sealed interface Sink {
  /** The output. */
  QnnTensor tensor();

  /** An output, or an observed value, of the graph. */
  record Output(QnnTensor tensor, Value value) implements Sink {}

  /**
   * Keys or values of the run's tokens, to be stored. [tokens, heads * dim].
   *
   * @param keys keys; else values
   */
  record News(QnnTensor tensor, State state, boolean keys) implements Sink {}
}
