package dev.gatun.runtime.spi;

/**
 * What a session can do with the state of its sequences.
 *
 * @param maxSequences most sequences open at once; 0 without state
 * @param truncate whether the last positions can be dropped
 * @param fork whether a sequence can be copied
 * @param save whether a sequence can be written and read back
 */
public record StateCapabilities(
    Layout layout, int maxSequences, boolean truncate, boolean fork, boolean save) {
  /** How the state lies in memory. */
  public enum Layout {
    NONE,
    PAGED,
    CONTIGUOUS,
    OPAQUE
  }

  public static final StateCapabilities STATELESS =
      new StateCapabilities(Layout.NONE, 0, false, false, false);
}
