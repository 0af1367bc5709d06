package dev.gatun.cli.output;

import java.io.PrintStream;

/**
 * A progress bar on standard error: redrawn in place on a terminal, one line at each tenth
 * otherwise. Used by one thread.
 */
public final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean terminal;
  private final String label;
  private long lastDrawn = Long.MIN_VALUE;
  private boolean open;

  public ProgressBar(PrintStream out, boolean terminal, String label) {
    this.out = out;
    this.terminal = terminal;
    this.label = label;
  }

  /**
   * Shows how far it is.
   *
   * @param total 0 when it is not known
   */
  public void update(long done, long total) {
    long step = total > 0 ? done * (terminal ? 200 : 10) / total : done >> (terminal ? 20 : 24);
    if (step == lastDrawn) {
      return;
    }
    lastDrawn = step;
    String amount = Units.bytes(done) + (total > 0 ? " of " + Units.bytes(total) : "");
    if (!terminal) {
      out.println(label + ": " + amount);
      return;
    }
    int filled = total > 0 ? (int) Math.min(WIDTH, done * WIDTH / total) : 0;
    out.print("\r" + label + " [" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] ");
    out.print(amount + "\u001b[K");
    out.flush();
    open = true;
  }

  /** Ends the line. */
  public void finish() {
    if (open) {
      out.println();
      open = false;
    }
  }
}
