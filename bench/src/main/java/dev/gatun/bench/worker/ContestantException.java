package dev.gatun.bench.worker;

import dev.gatun.tensor.GatunException;

/** A contestant does not run, or no longer. */
public final class ContestantException extends GatunException {
  private static final long serialVersionUID = 1;

  private final String remedy;

  public ContestantException(Kind kind, String reason, String remedy) {
    super(kind, reason);
    this.remedy = remedy;
  }

  /** What the user can do; may be empty. */
  public String remedy() {
    return remedy;
  }
}
