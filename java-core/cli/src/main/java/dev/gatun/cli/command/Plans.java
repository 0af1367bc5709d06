package dev.gatun.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.runtime.plan.Explanation;
import java.util.List;
import java.util.Map;

/** A plan as JSON members, and what of it is said on every run. */
final class Plans {
  private Plans() {}

  static Map<String, Object> members(Explanation explanation) {
    return new ObjectMapper()
        .convertValue(explanation, new TypeReference<Map<String, Object>>() {});
  }

  /** Devices that run it, in the order of their first slices. */
  static List<String> devices(Explanation plan) {
    return plan.devices().stream().map(Explanation.DeviceLine::device).toList();
  }

  /** What something else stands in for, and who runs a part only. */
  static List<String> passedOver(Explanation plan) {
    List<String> running = devices(plan);
    return plan.passedOver().stream()
        .filter(line -> line.fallback() || running.contains(line.id()))
        .map(line ->
            "%s %s: %s%s"
                .formatted(
                    line.id(),
                    verb(running.contains(line.id()), line.fallback()),
                    line.reason(),
                    line.remedy().isEmpty() ? "" : " (" + line.remedy() + ")"))
        .toList();
  }

  private static String verb(boolean part, boolean fallback) {
    if (!part) {
      return "does not run this";
    }
    return fallback ? "does not run all of this" : "runs a part of this";
  }
}
