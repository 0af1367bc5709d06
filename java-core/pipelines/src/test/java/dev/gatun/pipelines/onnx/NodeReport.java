package dev.gatun.pipelines.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** How the node tests went on one device, beside the committed list. */
final class NodeReport {
  /**
   * A line of the list.
   *
   * @param kind {@code refused}, or {@code contradiction}: the data are not what ONNX defines
   */
  record Line(String kind, String reason) {}

  private final String device;
  private final Map<String, Line> lines;
  private final Map<String, Integer> excluded = new TreeMap<>();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final TreeSet<String> refused = new TreeSet<>();
  private final TreeSet<String> passed = new TreeSet<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  NodeReport(String device, Map<String, Line> lines) {
    this.device = device;
    this.lines = lines;
  }

  Optional<String> contradiction(String test) {
    Line line = lines.get(test);
    return line != null && line.kind().equals("contradiction")
        ? Optional.of("data that contradict ONNX's definition: " + line.reason())
        : Optional.empty();
  }

  void excluded(String kind) {
    excluded.merge(kind, 1, Integer::sum);
  }

  void passed(String test) {
    passed.add(test);
  }

  void failed(String test) {
    failed.add(test);
  }

  void refused(String test, String reason) {
    Line line = lines.get(test);
    refused.add(test);
    reasons.merge(line == null ? "not on the list: " + reason : line.reason(), 1, Integer::sum);
    if (line == null) {
      unexpected.add("refused " + test + ": " + reason);
    }
  }

  /** Refusals that are not on the list, and lines of the list that are not refused. */
  List<String> unexpected() {
    List<String> all = new ArrayList<>(unexpected);
    lines.forEach((test, line) -> {
      if (line.kind().equals("refused") && passed.contains(test)) {
        all.add("passes, take it off the list: " + test);
      }
    });
    return all;
  }

  /** Share of those counted that passed. */
  double share() {
    int counted = passed.size() + refused.size() + failed.size();
    return counted == 0 ? 0 : (double) passed.size() / counted;
  }

  @Override
  public String toString() {
    int out = excluded.values().stream().mapToInt(Integer::intValue).sum();
    int all = passed.size() + refused.size() + failed.size() + out;
    var text = new StringBuilder();
    text.append(
        "ONNX node tests on %s: %d in all, %d passed, %d refused, %d failed (%.1f %% passed of those counted), %d not counted%n"
            .formatted(
                device, all, passed.size(), refused.size(), failed.size(), 100 * share(), out));
    reasons.forEach((reason, count) -> text.append("  refused %4d  %s%n".formatted(count, reason)));
    excluded.forEach(
        (kind, count) -> text.append("  not counted %4d  %s%n".formatted(count, kind)));
    failed.forEach(test -> text.append("  failed  %s%n".formatted(test)));
    return text.toString();
  }
}
