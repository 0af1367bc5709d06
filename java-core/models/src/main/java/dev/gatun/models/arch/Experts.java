package dev.gatun.models.arch;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.Unary;
import java.util.List;

/**
 * A routed set of gated networks: {@code ffn_gate_inp} chooses among {@code ffn_gate_exps}, {@code
 * ffn_up_exps}, {@code ffn_down_exps}.
 *
 * @param hidden elements between the halves of one expert
 * @param gating how the router's logits become probabilities
 * @param normalize whether the chosen weights are divided by their sum
 * @param weightScale factor of the chosen weights
 */
record Experts(
    ModelBuilder model, long hidden, Gating gating, boolean normalize, double weightScale)
    implements FeedForward {
  /** Whether the model has experts at all. */
  static boolean present(ModelBuilder model) {
    return model.metadata().optional("expert_count", Hyperparameters.MAX_COUNT) > 0;
  }

  /** Softmax routing. */
  static Experts softmax(ModelBuilder model, long hidden, boolean normalize) {
    return new Experts(model, hidden, Gating.SOFTMAX, normalize, 1);
  }

  @Override
  public Value apply(Value x) {
    Hyperparameters metadata = model.metadata();
    int experts = metadata.count("expert_count", Hyperparameters.MAX_COUNT);
    int used = metadata.count("expert_used_count", experts);
    if (metadata.optional("expert_group_count", Hyperparameters.MAX_COUNT) > 1) {
      throw metadata.unsupported("routing within groups of experts (expert_group_count)");
    }
    long width = model.width();
    Value logits = model.linear("ffn_gate_inp", x, experts);
    Value gate = weights("ffn_gate_exps", experts, hidden, width);
    Value up = weights("ffn_up_exps", experts, hidden, width);
    Value down = weights("ffn_down_exps", experts, width, hidden);
    Value bias =
        model.has("exp_probs_b.bias")
            ? model.weights().vector(model.name("exp_probs_b.bias"), experts)
            : Value.ABSENT;
    var op =
        new MixtureOfExperts(
            experts, used, Unary.Function.SILU, gating, normalize, (float) weightScale);
    return model.graph().nodes("ffn_moe", op, List.of(x, logits, gate, up, down, bias)).getFirst();
  }

  /** Adds a network that runs for every row to {@code routed}. */
  static FeedForward withShared(ModelBuilder model, FeedForward routed, FeedForward shared) {
    return x -> model.graph().add("ffn_sum", routed.apply(x), shared.apply(x));
  }

  /** {@code network(x) * sigmoid(x . ffn_gate_inp_shexp)}. */
  static FeedForward gatedBySigmoid(ModelBuilder model, FeedForward network) {
    return x -> {
      String root = "ffn_gate_inp_shexp";
      Value weight = model.weights().singleRow(model.name(root + ".weight"), model.width());
      Value logit = model.graph().linear(root, x, weight);
      Value gate = model.graph().unary(root + "_sigmoid", Unary.Function.SIGMOID, logit);
      return model.graph().mul("ffn_shexp_gated", network.apply(x), gate);
    };
  }

  private Value weights(String root, long... dims) {
    return model.weights().matrix(model.name(root + ".weight"), dims);
  }
}
