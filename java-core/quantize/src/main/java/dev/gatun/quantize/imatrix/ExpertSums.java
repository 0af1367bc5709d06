package dev.gatun.quantize.imatrix;

import dev.gatun.graph.op.MixtureOfExperts;
import dev.gatun.graph.op.MixtureOfExperts.Gating;
import dev.gatun.graph.op.Unary;
import dev.gatun.quantize.imatrix.WeightInputs.ExpertProducts;
import dev.gatun.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sums for the experts of one mixture. What each expert reads is seen: the mixture's input, where
 * the router's logits choose the expert. What its last matrix reads lies within the op, so it is
 * computed here, from the decoded weights.
 */
final class ExpertSums {
  private final ExpertProducts products;
  private final int width;
  private final int hidden;
  private final SquareSums input;
  private final SquareSums product;

  ExpertSums(ExpertProducts products) {
    this.products = products;
    int experts = products.op().experts();
    width = Math.toIntExact(products.gate().data().shape().dim(2));
    hidden = Math.toIntExact(products.gate().data().shape().dim(1));
    input = new SquareSums(width, experts, experts);
    product = new SquareSums(hidden, experts, experts);
  }

  /** Adds the rows of one batch. */
  void add(Tensor x, Tensor logits) {
    float[] rows = x.toFloats();
    float[] scores = logits.toFloats();
    int experts = products.op().experts();
    int tokens = rows.length / width;
    int[][] chosen = new int[tokens][];
    for (int t = 0; t < tokens; t++) {
      chosen[t] = choose(scores, t * experts);
    }
    // Experts are independent of each other: each has sums of its own.
    IntStream.range(0, experts).parallel().forEach(expert -> add(expert, rows, chosen));
  }

  private void add(int expert, float[] rows, int[][] chosen) {
    int[] mine =
        IntStream.range(0, chosen.length)
            .filter(t -> IntStream.of(chosen[t]).anyMatch(e -> e == expert))
            .toArray();
    if (mine.length == 0) {
      return;
    }
    float[] gate = project(products.gate().data(), expert, rows, mine);
    float[] up = project(products.up().data(), expert, rows, mine);
    Unary.Function activation = products.op().activation();
    for (int i = 0; i < gate.length; i++) {
      gate[i] = (float) Unary.apply(activation, gate[i]) * up[i];
    }
    for (int i = 0; i < mine.length; i++) {
      input.add(rows, mine[i] * width, expert);
      product.add(gate, i * hidden, expert);
    }
    input.count(expert, mine.length);
    product.count(expert, mine.length);
  }

  /** The rows of x times one expert's matrix [hidden, width], transposed: [rows, hidden]. */
  private float[] project(Tensor matrices, int expert, float[] x, int[] mine) {
    float[] y = new float[Math.multiplyExact(mine.length, hidden)];
    float[] weights = new float[width];
    for (int j = 0; j < hidden; j++) {
      matrices.decodeRow((long) expert * hidden + j, weights, 0);
      for (int i = 0; i < mine.length; i++) {
        y[i * hidden + j] = dot(x, mine[i] * width, weights);
      }
    }
    return y;
  }

  /** Four sums, because one would wait for itself. */
  private static float dot(float[] x, int at, float[] y) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 4 <= y.length; i += 4) {
      a += x[at + i] * y[i];
      b += x[at + i + 1] * y[i + 1];
      c += x[at + i + 2] * y[i + 2];
      d += x[at + i + 3] * y[i + 3];
    }
    for (; i < y.length; i++) {
      a += x[at + i] * y[i];
    }
    return a + b + (c + d);
  }

  /** The experts of one token: as {@link MixtureOfExperts} chooses them. */
  private int[] choose(float[] logits, int at) {
    MixtureOfExperts op = products.op();
    double[] score = new double[op.experts()];
    double max = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < score.length; e++) {
      max = Math.max(max, logits[at + e]);
    }
    double sum = 0;
    for (int e = 0; e < score.length; e++) {
      score[e] =
          op.gating() == Gating.SIGMOID
              ? 1 / (1 + Math.exp(-logits[at + e]))
              : Math.exp(logits[at + e] - max);
      sum += score[e];
    }
    float[] bias = products.bias().map(Tensor::toFloats).orElse(new float[score.length]);
    for (int e = 0; e < score.length; e++) {
      score[e] = (op.gating() == Gating.SIGMOID ? score[e] : score[e] / sum) + bias[e];
    }
    int[] best = new int[op.used()];
    for (int k = 0; k < best.length; k++) {
      int top = -1;
      for (int e = 0; e < score.length; e++) {
        if (!Double.isNaN(score[e]) && (top < 0 || score[e] > score[top])) {
          top = e;
        }
      }
      best[k] = Math.max(top, 0);
      score[best[k]] = Double.NaN;
    }
    return best;
  }

  /** The three weights' entries. */
  Map<String, ImportanceEntry> entries() {
    String gate = products.gate().value().name();
    String up = products.up().value().name();
    String down = products.down().value().name();
    ImportanceEntry read = input.entry(gate);
    return Map.of(gate, read, up, read, down, product.entry(down));
  }
}
