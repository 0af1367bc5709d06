package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.plan.Plan.Assignment;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.GraphSlice;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which device runs which nodes: one device for the whole graph when one takes it and it
 * fits; otherwise slices with as few copies between devices as possible. Everything that the policy
 * would have put first and that does not run is named with its reason.
 */
public final class Planner {
  private final Candidates candidates;

  public Planner(Candidates candidates) {
    this.candidates = candidates;
  }

  /**
   * Plans; compiles nothing.
   *
   * @throws BackendUnavailableException when the policy allows no device that runs the graph
   */
  public Plan plan(PlanRequest request) {
    Graph graph = request.graph();
    List<Ranked> ranked = Ranked.rank(candidates, request.policy());
    List<PassedOver> passedOver = new ArrayList<>();
    for (Ranked entry : ranked) {
      Device device = entry.device();
      Assessment assessment = device.assess(graph, request.profiles());
      if (assessment.takesAll()) {
        return new Plan(
            request,
            List.of(new Assignment(GraphSlice.whole(graph), device, entry.cause())),
            passedOver);
      }
      passedOver.add(
          new PassedOver(
              device.info().id(),
              entry.preferred(),
              Finding.bad(Stage.FIT, "refuses " + assessment.refusals().size() + " nodes", ""),
              assessment.refusals()));
    }
    throw new BackendUnavailableException(
        request.policy().text(), "no device takes the whole graph", "", List.of());
  }
}
