package dev.gatun.quantize.validate;

import dev.gatun.models.eval.ForwardPass;

/** Notes how long a model takes and whether its outputs are sound. */
final class WatchedPass implements ForwardPass {
  private final ForwardPass pass;
  private long nanoseconds;
  private long tokens;
  private long notFinite;
  private double largest;

  WatchedPass(ForwardPass pass) {
    this.pass = pass;
  }

  @Override
  public float[][] run(int[] ids, int[] positions, int[] sequences, int[] rows) {
    long start = System.nanoTime();
    float[][] outputs = pass.run(ids, positions, sequences, rows);
    nanoseconds += System.nanoTime() - start;
    tokens += ids.length;
    for (float[] output : outputs) {
      for (float value : output) {
        if (Float.isFinite(value)) {
          largest = Math.max(largest, Math.abs(value));
        } else {
          notFinite++;
        }
      }
    }
    return outputs;
  }

  @Override
  public void forget(int sequence) {
    pass.forget(sequence);
  }

  /** Tokens per second so far. */
  double rate() {
    return nanoseconds == 0 ? 0 : tokens * 1e9 / nanoseconds;
  }

  /** Outputs that were NaN or infinite. */
  long notFinite() {
    return notFinite;
  }

  /** Largest absolute value of the others. */
  double largest() {
    return largest;
  }
}
