package dev.gatun.testkit;

import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Batch;
import java.util.List;
import java.util.Map;

/**
 * One submission of a scenario.
 *
 * @param tokens tokens of the batch, in order
 * @param tensors further inputs by name
 */
public record Step(List<Token> tokens, Map<String, Array> tensors) {
  /** One token, as {@link Batch#add} takes it. */
  public record Token(int token, int position, int sequence, boolean wanted) {}

  public Step {
    tokens = List.copyOf(tokens);
    tensors = Map.copyOf(tensors);
  }

  /** A step without tokens. */
  public static Step of(Map<String, Array> tensors) {
    return new Step(List.of(), tensors);
  }

  /** How many rows are wanted. */
  public int rows() {
    return (int) tokens.stream().filter(Token::wanted).count();
  }
}
