package dev.gatun.models.arch;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Unary;

/**
 * The feed-forward networks that run for every row. Tensors: {@code ffn_gate}, {@code ffn_up},
 * {@code ffn_down} with a suffix, and their biases where the file has them.
 */
final class DenseFeedForward {
  private DenseFeedForward() {}

  /** {@code down(activation(gate(x)) * up(x))}. */
  static FeedForward gated(
      ModelBuilder model, String suffix, long hidden, Unary.Function activation) {
    return x -> {
      Value gate = model.linear("ffn_gate" + suffix, x, hidden);
      Value up = model.linear("ffn_up" + suffix, x, hidden);
      Value product = model.graph().gated("ffn_gated" + suffix, activation, gate, up);
      return model.linear("ffn_down" + suffix, product, model.width());
    };
  }

  /** {@link #gated} with gate and up in one tensor {@code ffn_up}, gate first. */
  static FeedForward joined(ModelBuilder model, long hidden, Unary.Function activation) {
    return x -> {
      Value both = model.linear("ffn_up", x, 2 * hidden);
      Value gate = model.graph().slice("ffn_gate", both, 1, 0, hidden);
      Value up = model.graph().slice("ffn_up_half", both, 1, hidden, hidden);
      Value product = model.graph().gated("ffn_gated", activation, gate, up);
      return model.linear("ffn_down", product, model.width());
    };
  }

  /** {@code down(activation(up(x)))}. */
  static FeedForward plain(ModelBuilder model, long hidden, Unary.Function activation) {
    return x -> {
      Value up = model.linear("ffn_up", x, hidden);
      Value active = model.graph().unary("ffn_activation", activation, up);
      return model.linear("ffn_down", active, model.width());
    };
  }

  /** Elements between the two halves of a layer's network. */
  static int hidden(ModelBuilder model, int layer) {
    return model.metadata().perLayer("feed_forward_length", layer, Hyperparameters.MAX_WIDTH);
  }
}
