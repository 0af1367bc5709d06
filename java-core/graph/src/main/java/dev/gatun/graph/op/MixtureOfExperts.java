package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
    ValueType gate = Infer.weights(this, inputs, 2);
    ValueType up = Infer.weights(this, inputs, 3);
    ValueType down = Infer.weights(this, inputs, 4);
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

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double tokens = inputs.getFirst().shape().dim(0);
    double width = inputs.getFirst().shape().dim(1);
    double ffn = inputs.get(2).shape().dim(1);
    double touched = experts == 0 ? 0 : Math.min(experts, tokens * used) / experts;
    Cost cost =
        Costs.streaming(
            tokens * used * ffn * (6 * width + Unary.flops(activation) + 1)
                + tokens * experts * Costs.FUNCTION,
            inputs.subList(0, 2),
            outputs);
    for (TypedShape weights : inputs.subList(2, 5)) {
      cost = cost.plus(Costs.bytes(weights, weights.bytes() * touched));
    }
    return cost;
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int tokens = Math.toIntExact(x.shape().dim(0));
    int width = Math.toIntExact(x.shape().dim(1));
    int ffn = Math.toIntExact(call.input(2).shape().dim(1));
    double[] weights = route(call.input(1).values(), call.input(5), tokens);
    double[] y = new double[tokens * width];
    for (int expert = 0; expert < experts; expert++) {
      int e = expert;
      int[] rows = IntStream.range(0, tokens).filter(t -> weights[t * experts + e] != 0).toArray();
      if (rows.length == 0) {
        continue;
      }
      double[] hidden = project(call.input(2), expert, x.values(), rows, ffn, width);
      double[] up = project(call.input(3), expert, x.values(), rows, ffn, width);
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] = Unary.apply(activation, hidden[i]) * up[i];
      }
      int[] all = IntStream.range(0, rows.length).toArray();
      double[] down = project(call.input(4), expert, hidden, all, width, ffn);
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < width; j++) {
          y[rows[i] * width + j] += weights[rows[i] * experts + expert] * down[i * width + j];
        }
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }

  /** Weight of each expert for each token; 0 for one that is not chosen. */
  private double[] route(double[] logits, Array bias, int tokens) {
    double[] weights = new double[tokens * experts];
    for (int t = 0; t < tokens; t++) {
      double[] p = Arrays.copyOfRange(logits, t * experts, (t + 1) * experts);
      if (gating == Gating.SOFTMAX) {
        Softmax.normalize(p, experts);
      } else {
        Arrays.setAll(p, i -> Unary.apply(Unary.Function.SIGMOID, p[i]));
      }
      double[] choice = p.clone();
      if (bias != null) {
        Arrays.setAll(choice, i -> p[i] + bias.values()[i]);
      }
      List<Integer> chosen =
          IntStream.range(0, experts)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -choice[i]))
              .limit(used)
              .toList();
      double sum = normalize ? chosen.stream().mapToDouble(i -> p[i]).sum() : 1;
      for (int i : chosen) {
        weights[t * experts + i] = p[i] / sum * weightScale;
      }
    }
    return weights;
  }

  /** Products of one expert's matrix [n, k] and the given rows of x: [rows, n]. */
  private static double[] project(
      Array matrices, int expert, double[] x, int[] rows, int n, int k) {
    double[] y = new double[rows.length * n];
    double[] weights = new double[k];
    for (int j = 0; j < n; j++) {
      matrices.read(((long) expert * n + j) * k, weights, k);
      for (int i = 0; i < rows.length; i++) {
        y[i * n + j] = Linear.dot(x, rows[i] * k, weights, 0, k);
      }
    }
    return y;
  }
}
