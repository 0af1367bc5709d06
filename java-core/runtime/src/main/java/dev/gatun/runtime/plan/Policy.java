package dev.gatun.runtime.plan;

import dev.gatun.tensor.GatunException;
import java.util.Arrays;
import java.util.List;

/**
 * How the planner chooses among devices. Ids are those of backends ({@code vector}) or of devices
 * ({@code vector:512}).
 */
public sealed interface Policy {
  /**
   * The best device by its backend's rank, or by a short trial when several can run the whole
   * graph.
   */
  record Auto() implements Policy {}

  /**
   * These first, in this order; what they refuse goes to others, and the plan says so.
   *
   * @param ids at least one
   */
  record Prefer(List<String> ids) implements Policy {
    public Prefer {
      ids = List.copyOf(ids);
      if (ids.isEmpty()) {
        throw new IllegalArgumentException("prefer needs at least one id");
      }
    }
  }

  /** The whole graph on this one, or {@link dev.gatun.runtime.BackendUnavailableException}. */
  record Require(String id) implements Policy {}

  /**
   * Devices that need the least energy for the work: NPU, then a GPU in the main memory, then CPU,
   * then any other GPU.
   */
  record MaxEfficiency() implements Policy {}

  /** The fastest by trial; without one GPU, then NPU, then CPU. */
  record MaxPerformance() implements Policy {}

  static Policy auto() {
    return new Auto();
  }

  static Policy prefer(String... ids) {
    return new Prefer(List.of(ids));
  }

  static Policy require(String id) {
    return new Require(id);
  }

  /**
   * Reads {@code auto}, {@code max-efficiency}, {@code max-performance}, {@code prefer:ID,ID} or
   * {@code require:ID}.
   *
   * @throws GatunException of kind USAGE for anything else
   */
  static Policy parse(String text) {
    return switch (text) {
      case "auto" -> new Auto();
      case "max-efficiency" -> new MaxEfficiency();
      case "max-performance" -> new MaxPerformance();
      default -> {
        if (text.startsWith("require:") && text.length() > 8) {
          yield new Require(text.substring(8));
        }
        List<String> ids =
            text.startsWith("prefer:")
                ? Arrays.stream(text.substring(7).split(",", -1))
                    .map(String::strip)
                    .filter(id -> !id.isEmpty())
                    .toList()
                : List.of();
        if (ids.isEmpty()) {
          throw new GatunException(
              GatunException.Kind.USAGE,
              "unknown policy '"
                  + text
                  + "'; use auto, max-efficiency, max-performance, prefer:IDS or require:ID");
        }
        yield new Prefer(ids);
      }
    };
  }

  /** The text that {@link #parse} reads. */
  default String text() {
    return switch (this) {
      case Auto _ -> "auto";
      case MaxEfficiency _ -> "max-efficiency";
      case MaxPerformance _ -> "max-performance";
      case Prefer(List<String> ids) -> "prefer:" + String.join(",", ids);
      case Require(String id) -> "require:" + id;
    };
  }
}
