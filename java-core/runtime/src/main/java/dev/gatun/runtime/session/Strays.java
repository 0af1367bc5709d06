package dev.gatun.runtime.session;

import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.Executable.NodePlacement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Nodes that a vendor runs elsewhere than the plan said. */
final class Strays {
  private static final int SHOWN = 5;

  private Strays() {}

  /**
   * Checks where the nodes of a slice landed.
   *
   * @return what the user must hear; empty when all is as planned
   * @throws BackendUnavailableException when the policy requires the device
   */
  static Optional<String> check(Plan plan, Plan.Assignment assignment, Executable executable) {
    List<NodePlacement> strayed = executable.strayed();
    if (strayed.isEmpty()) {
      return Optional.empty();
    }
    String device = assignment.device().info().id();
    String reason =
        "%d nodes landed elsewhere, by the vendor's report: %s%s"
            .formatted(
                strayed.size(),
                strayed.stream()
                    .limit(SHOWN)
                    .map(node -> node.node() + " on " + node.unit())
                    .collect(Collectors.joining(", ")),
                strayed.size() > SHOWN ? ", …" : "");
    if (plan.request().policy() instanceof Policy.Require) {
      throw new BackendUnavailableException(
          device,
          reason,
          "check the device's options, or allow others with --prefer " + device,
          List.of());
    }
    return Optional.of(device + ": " + reason);
  }
}
