package dev.gatun.quantize.advise;

/** What matters most, and how much of the original's answers may change for it. */
public enum Goal {
  /** The smallest file whose answers are still those of the model. */
  SIZE(0.12),
  /** The most tokens per second: decoding reads every weight once a token. */
  SPEED(0.05),
  /** The answers of the original, as nearly as memory allows. */
  QUALITY(0.01);

  private final double tolerated;

  Goal(double tolerated) {
    this.tolerated = tolerated;
  }

  /** The mean KL divergence, in nats, of the Llama 3 8B measurements that this goal accepts. */
  public double tolerated() {
    return tolerated;
  }
}
