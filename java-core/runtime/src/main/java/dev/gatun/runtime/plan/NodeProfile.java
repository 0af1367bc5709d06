package dev.gatun.runtime.plan;

/**
 * Measured time of one node, with its work.
 *
 * @param unit what ran it, in the device's words
 * @param runs executions that were timed
 * @param nanoseconds of all runs
 * @param flops of all runs: that of the first profile's typical sizes, scaled to the tokens that
 *     were submitted
 * @param bytes moved by all runs: weights once per run, the rest scaled likewise
 */
public record NodeProfile(
    String node,
    String op,
    String device,
    String unit,
    long runs,
    long nanoseconds,
    double flops,
    double bytes) {
  /** The same node's time in another session, added. */
  public NodeProfile plus(NodeProfile other) {
    return new NodeProfile(
        node,
        op,
        device,
        unit,
        runs + other.runs,
        nanoseconds + other.nanoseconds,
        flops + other.flops,
        bytes + other.bytes);
  }
}
