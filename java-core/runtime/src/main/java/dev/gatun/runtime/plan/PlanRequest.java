package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What to plan.
 *
 * @param profiles shapes that shall be fast, at least one; together they bound every submission
 * @param session what one session will hold: decides whether the model fits a device's memory
 * @param modelDigest identity of the model, the key of cached trials; empty for the graph's own
 * @param tuned whether what was tuned for this model and the device that is chosen is used
 */
public record PlanRequest(
    Graph graph,
    List<ShapeProfile> profiles,
    Policy policy,
    SessionOptions session,
    Optional<String> modelDigest,
    boolean tuned) {
  public PlanRequest {
    Objects.requireNonNull(graph);
    Objects.requireNonNull(policy);
    profiles = List.copyOf(profiles);
    if (profiles.isEmpty()) {
      throw new IllegalArgumentException("a plan needs at least one shape profile");
    }
  }

  /** Sizes of the graph's symbols in the first profile's typical use. */
  public Map<String, Long> typicalSizes() {
    return profiles.getFirst().typicalSizes(graph);
  }

  /** Usual profiles, policy {@code auto}. */
  public static PlanRequest of(Graph graph, SessionOptions session) {
    return new PlanRequest(
        graph, ShapeProfiles.of(graph, session), Policy.auto(), session, Optional.empty(), true);
  }

  public PlanRequest withPolicy(Policy other) {
    return new PlanRequest(graph, profiles, other, session, modelDigest, tuned);
  }

  public PlanRequest withProfiles(List<ShapeProfile> other) {
    return new PlanRequest(graph, other, policy, session, modelDigest, tuned);
  }

  public PlanRequest withModelDigest(String sha256) {
    return new PlanRequest(graph, profiles, policy, session, Optional.of(sha256), tuned);
  }

  public PlanRequest withTuned(boolean on) {
    return new PlanRequest(graph, profiles, policy, session, modelDigest, on);
  }
}
