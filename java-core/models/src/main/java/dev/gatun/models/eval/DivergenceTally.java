package dev.gatun.models.eval;

import java.nio.ByteBuffer;

/** Sums over the scored tokens of a {@link Divergence}. */
final class DivergenceTally {
  /** Less likely tokens of the reference count for nothing: their probability is not known. */
  private static final float LEAST = -16;

  private final float[] divergences;
  private final float[] changes;
  private float[] reference = new float[0];
  private int count;
  private int same;
  private double loss;
  private double lossSquares;
  private double referenceLoss;
  private double referenceSquares;
  private double products;
  private double divergence;
  private double divergenceSquares;
  private double change;
  private double changeSquares;
  private double changeFourths;

  /**
   * @param tokens how many will be added
   */
  DivergenceTally(int tokens) {
    divergences = new float[tokens];
    changes = new float[tokens];
  }

  /**
   * Adds one token.
   *
   * @param logits the model's
   * @param distribution the reference's {@link CompactDistribution}
   * @param token what the text has
   */
  void add(float[] logits, ByteBuffer distribution, int token) {
    if (reference.length != logits.length) {
      reference = new float[logits.length];
    }
    CompactDistribution.decode(distribution, reference);
    double total = Distribution.logSumExp(logits);
    float own = (float) (total - logits[token]);
    float base = -reference[token];
    loss += own;
    lossSquares += (double) own * own;
    referenceLoss += base;
    referenceSquares += (double) base * base;
    products += (double) own * base;
    double sum = 0;
    int top = 0;
    for (int i = 0; i < reference.length; i++) {
      float log = reference[i];
      top = log > reference[top] ? i : top;
      if (log > LEAST) {
        sum += Math.exp(log) * (log - logits[i] + total);
      }
    }
    divergence += sum;
    divergenceSquares += sum * sum;
    same += top == Distribution.argmax(logits) ? 1 : 0;
    double moved = Math.exp(-own) - Math.exp(-base);
    change += moved;
    changeSquares += moved * moved;
    changeFourths += moved * moved * moved * moved;
    divergences[count] = (float) sum;
    changes[count++] = (float) moved;
  }

  Divergence result() {
    Estimate own = Estimate.mean(loss, lossSquares, count);
    Estimate base = Estimate.mean(referenceLoss, referenceSquares, count);
    double covariance =
        count < 10 ? 0 : (products / count - own.value() * base.value()) / (count - 1);
    Estimate perplexity = own.exp();
    Estimate reference = base.exp();
    Estimate logRatio =
        new Estimate(own.value() - base.value(), error(own.error(), base.error(), covariance));
    Estimate difference =
        new Estimate(
            perplexity.value() - reference.value(),
            error(
                perplexity.error(),
                reference.error(),
                perplexity.value() * reference.value() * covariance));
    Estimate square = Estimate.mean(changeSquares, changeFourths, count);
    double root = Math.sqrt(square.value());
    double share = (double) same / count;
    return new Divergence(
        count,
        perplexity,
        reference,
        covariance / (own.error() * base.error()),
        logRatio,
        logRatio.exp(),
        difference,
        Estimate.mean(divergence, divergenceSquares, count),
        SortedSamples.of(divergences),
        Estimate.mean(change, changeSquares, count),
        new Estimate(root, root == 0 ? 0 : 0.5 / root * square.error()),
        SortedSamples.of(changes),
        new Estimate(share, count < 2 ? 0 : Math.sqrt(share * (1 - share) / (count - 1))));
  }

  /** Of the difference of two that vary together. */
  private static double error(double a, double b, double covariance) {
    return Math.sqrt(Math.max(0, a * a + b * b - 2 * covariance));
  }
}
