package dev.gatun.runtime.session;

import dev.gatun.runtime.spi.Batch;

/**
 * Cuts a batch into parts that executables take: as many tokens as possible, in order, none
 * exceeding the limits. Reuses one batch; allocates nothing.
 */
final class Chunks {
  private final Limits limits;
  private final Batch chunk;
  private Batch whole;
  private int token;
  private int row;

  Chunks(Limits limits) {
    this.limits = limits;
    this.chunk = new Batch(limits.tokens());
  }

  void start(Batch batch) {
    whole = batch;
    token = 0;
    row = 0;
  }

  /** Fills the next part; false when none is left. */
  boolean next() {
    if (token == whole.size()) {
      return false;
    }
    chunk.clear();
    while (token < whole.size() && chunk.size() < limits.tokens()) {
      boolean wanted = row < whole.rowCount() && whole.row(row) == token;
      if (wanted && chunk.rowCount() == limits.rows()) {
        break;
      }
      chunk.add(whole.token(token), whole.position(token), whole.sequence(token), wanted);
      row += wanted ? 1 : 0;
      token++;
    }
    return true;
  }

  Batch chunk() {
    return chunk;
  }
}
