package dev.gatun.qnnbackend;

import dev.gatun.qnn.QnnBackend;
import dev.gatun.qnn.QnnProfile;
import dev.gatun.qnn.QnnRun;
import dev.gatun.qnnbackend.lower.LoweredGraph;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times of nodes in runs of one variant: the NPU tells cycles of each operator ("Profiling" of
 * QNN's documentation), and the time of a run is divided in their proportion. An operator that the
 * compiler put into another one has none of its own.
 */
final class NodeCycles implements AutoCloseable {
  /** An operator's cycles, by QNN's number; its identifier is {@code NAME:OpId_16 (cycles)}. */
  private static final int NODE = 404;

  private static final String OPERATOR = ":OpId_";

  private final QnnProfile profile;
  private final String unit;
  private final Map<String, String> nodes = new HashMap<>();
  private final Map<String, Double> times = new LinkedHashMap<>();
  private long runs;

  /**
   * Nothing measured yet.
   *
   * @param unit what runs the nodes
   */
  NodeCycles(QnnBackend backend, LoweredGraph lowered, String unit) {
    this.unit = unit;
    for (int i = 0; i < lowered.ops().size(); i++) {
      nodes.put(lowered.ops().get(i).name(), lowered.nodes().get(i));
      times.putIfAbsent(lowered.nodes().get(i), 0.0);
    }
    profile = backend.newProfile();
  }

  void execute(QnnRun run) {
    long start = System.nanoTime();
    run.execute(profile);
    long nanoseconds = System.nanoTime() - start;
    runs++;
    List<QnnProfile.Event> operators = new ArrayList<>();
    collect(profile.events(), operators);
    double cycles = operators.stream().mapToDouble(QnnProfile.Event::value).sum();
    for (QnnProfile.Event operator : operators) {
      int end = operator.identifier().lastIndexOf(OPERATOR);
      String node = end < 0 ? null : nodes.get(operator.identifier().substring(0, end));
      if (node != null) {
        times.merge(node, nanoseconds * operator.value() / Math.max(1, cycles), Double::sum);
      }
    }
  }

  private static void collect(List<QnnProfile.Event> events, List<QnnProfile.Event> operators) {
    for (QnnProfile.Event event : events) {
      if (event.type() == NODE) {
        operators.add(event);
      }
      collect(event.parts(), operators);
    }
  }

  List<NodeTiming> timings() {
    return times.entrySet().stream()
        .map(each -> new NodeTiming(each.getKey(), unit, runs, Math.round(each.getValue())))
        .toList();
  }

  @Override
  public void close() {
    profile.close();
  }
}
