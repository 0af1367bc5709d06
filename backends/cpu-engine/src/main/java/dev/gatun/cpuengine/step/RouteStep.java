package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.MixtureOfExperts;
import java.lang.foreign.ValueLayout;

/**
 * Chooses each token's experts and their weights.
 *
 * @param bias added to the probabilities for the choice only; null for none
 * @param probabilities working slot of a {@code double[experts]}
 */
public record RouteStep(
    StepInfo info,
    MixtureOfExperts op,
    Operand logits,
    Operand bias,
    Routing routing,
    int probabilities,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    var p = (double[]) frame.working(probabilities, worker);
    for (int row = from; row < to; row++) {
      probabilities(frame, row, p);
      choose(frame, row, p);
    }
  }

  private void probabilities(Frame frame, int row, double[] p) {
    long at = logits.at(frame) + 4L * row * op.experts();
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < p.length; i++) {
      p[i] = logits.segment(frame).get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
      max = Math.max(max, p[i]);
    }
    if (op.gating() == MixtureOfExperts.Gating.SIGMOID) {
      for (int i = 0; i < p.length; i++) {
        p[i] = 1 / (1 + Math.exp(-p[i]));
      }
      return;
    }
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(p[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
  }

  private void choose(Frame frame, int row, double[] p) {
    int first = row * op.used();
    double sum = 0;
    for (int slot = 0; slot < op.used(); slot++) {
      int best = -1;
      double bestScore = 0;
      for (int expert = 0; expert < p.length; expert++) {
        double score = p[expert] + bias(frame, expert);
        if (!taken(frame, first, slot, expert) && (best < 0 || score > bestScore)) {
          best = expert;
          bestScore = score;
        }
      }
      routing.expert(frame, first + slot, best);
      sum += p[best];
    }
    double factor = op.normalize() ? op.weightScale() / sum : op.weightScale();
    for (int slot = 0; slot < op.used(); slot++) {
      double weight = p[routing.expert(frame, first + slot)] * factor;
      routing.weight(frame, first + slot, (float) weight);
    }
  }

  private boolean taken(Frame frame, int first, int slots, int expert) {
    for (int slot = 0; slot < slots; slot++) {
      if (routing.expert(frame, first + slot) == expert) {
        return true;
      }
    }
    return false;
  }

  private double bias(Frame frame, int expert) {
    return bias == null
        ? 0
        : bias.segment(frame).get(ValueLayout.JAVA_FLOAT_UNALIGNED, bias.at(frame) + 4L * expert);
  }
}
