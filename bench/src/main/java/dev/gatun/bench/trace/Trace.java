package dev.gatun.bench.trace;

import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was recorded of some submissions.
 *
 * @param submissions in their order
 * @param events pieces of nodes' work; empty for devices that tell durations only
 * @param nodes time and work of each node in these submissions together
 * @param earlier whether {@code nodes} are means of the same submissions before these: of a device
 *     that ends its record when it is first read
 */
public record Trace(
    List<Submission> submissions,
    List<NodeEvent> events,
    List<NodeProfile> nodes,
    boolean earlier) {
  public Trace {
    submissions = List.copyOf(submissions);
    events = List.copyOf(events);
    nodes = List.copyOf(nodes);
  }

  /**
   * One submission as the caller saw it.
   *
   * @param start as {@link System#nanoTime} has it
   */
  public record Submission(String name, long start, long nanoseconds) {}

  /** Nanoseconds of all submissions. */
  public long nanoseconds() {
    return submissions.stream().mapToLong(Submission::nanoseconds).sum();
  }

  /** What came to a profile since it was {@code before}. */
  static List<NodeProfile> since(List<NodeProfile> before, List<NodeProfile> after) {
    Map<String, NodeProfile> earlier = sums(before);
    List<NodeProfile> difference = new ArrayList<>();
    sums(after)
        .forEach((key, line) -> {
          NodeProfile own = earlier.containsKey(key) ? minus(line, earlier.get(key)) : line;
          if (own.runs() > 0) {
            difference.add(own);
          }
        });
    return difference;
  }

  /** What a profile comes to in one of {@code times} repetitions. */
  static List<NodeProfile> mean(List<NodeProfile> profile, int times) {
    return sums(profile).values().stream()
        .map(line ->
            new NodeProfile(
                line.node(),
                line.op(),
                line.device(),
                line.unit(),
                Math.max(1, line.runs() / times),
                line.nanoseconds() / times,
                line.flops() / times,
                line.bytes() / times))
        .toList();
  }

  /** A node may be several steps: their times count together. */
  private static Map<String, NodeProfile> sums(List<NodeProfile> lines) {
    Map<String, NodeProfile> sums = new LinkedHashMap<>();
    for (NodeProfile line : lines) {
      sums.merge(line.device() + " " + line.node() + " " + line.unit(), line, NodeProfile::plus);
    }
    return sums;
  }

  private static NodeProfile minus(NodeProfile line, NodeProfile old) {
    return new NodeProfile(
        line.node(),
        line.op(),
        line.device(),
        line.unit(),
        line.runs() - old.runs(),
        line.nanoseconds() - old.nanoseconds(),
        line.flops() - old.flops(),
        line.bytes() - old.bytes());
  }
}
