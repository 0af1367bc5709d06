package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * A routed set of gated feed-forward networks (Shazeer et al. 2017).
 *
 * <p>Inputs: x F32 [tokens, width]; router logits F32 [tokens, experts]; gate [experts, ffn,
 * width]; up [experts, ffn, width]; down [experts, width, ffn], of any weight format; selection
 * bias F32 [experts], optional. Output F32 [tokens, width].
 *
 * <p>Probabilities are the softmax over all experts, or the sigmoid of each logit. The {@code used}
 * experts with the largest probability (plus bias, when there is one; ties go to the lower index)
 * are chosen; their weights are the probabilities without bias, divided by their sum when {@code
 * normalize}, times {@code weightScale}.
 */
public record MixtureOfExperts(
    int experts,
    int used,
    Unary.Function activation,
    Gating gating,
    boolean normalize,
    float weightScale)
    implements Op {
  /** How logits become probabilities. */
  public enum Gating {
    SOFTMAX,
    SIGMOID
  }

  @Override
  public String type() {
    return "MixtureOfExperts";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    ValueType logits = Infer.floating(this, inputs, 1);
    Infer.check(this, used >= 1 && used <= experts, "%s of %s experts", used, experts);
    Infer.check(
        this,
        x.rank() == 2 && logits.dims().equals(List.of(x.dim(0), Dim.of(experts))),
        "router logits are %s for %s and %s experts",
        logits,
        x,
        experts);
    ValueType gate = Infer.required(this, inputs, 2);
    ValueType up = Infer.required(this, inputs, 3);
    ValueType down = Infer.required(this, inputs, 4);
    Infer.check(
        this,
        gate.rank() == 3
            && gate.dim(0).is(experts)
            && gate.dim(2).equals(x.dim(1))
            && up.dims().equals(gate.dims())
            && down.dims().equals(List.of(gate.dim(0), x.dim(1), gate.dim(1))),
        "experts are %s, %s, %s for %s",
        gate,
        up,
        down,
        x);
    if (Infer.present(inputs, 5)) {
      Infer.vector(this, inputs, 5, Dim.of(experts));
    }
    return List.of(x);
  }
}
