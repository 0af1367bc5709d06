package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.runtime.plan.Partition.Part;
import dev.gatun.runtime.plan.Plan.Assignment;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.GraphSlice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans a graph that no single device takes. A vendor's compiler accepts neighbourhoods, not nodes:
 * each slice is shown to its device once more, and what it then refuses is taken from it, until
 * every slice is accepted as a whole.
 */
final class SlicePlanner {
  private static final int ROUNDS = 50;

  private final PlanRequest request;
  private final long memoryBudget;

  SlicePlanner(PlanRequest request, long memoryBudget) {
    this.request = request;
    this.memoryBudget = memoryBudget;
  }

  /** A plan; empty when some nodes are taken by no device. */
  Optional<Plan> plan(List<Sliceable> offers, List<PassedOver> passedOver) {
    // Preferred devices first, each group by rank.
    List<Sliceable> devices = new ArrayList<>(offers);
    devices.sort(Comparator.comparingInt(offer -> offer.ranked().preferred() ? 0 : 1));
    int preferred = (int) devices.stream().filter(offer -> offer.ranked().preferred()).count();
    List<BitSet> accepted = new ArrayList<>(devices.stream().map(Sliceable::nodes).toList());
    for (int round = 0; round < ROUNDS; round++) {
      Optional<Partition.Result> result = partition(accepted, preferred);
      if (result.isEmpty()) {
        return Optional.empty();
      }
      List<Part> parts = result.get().parts();
      List<GraphSlice> slices =
          GraphCutter.cut(request.graph(), parts.stream().map(Part::nodes).toList());
      if (allAccepted(devices, accepted, parts, slices)) {
        return Optional.of(plan(devices, parts, slices, passedOver));
      }
    }
    return Optional.empty();
  }

  private Optional<Partition.Result> partition(List<BitSet> accepted, int preferred) {
    Graph graph = request.graph();
    Map<String, Long> sizes = request.typicalSizes();
    return new Orders(graph, accepted)
        .all().stream()
            .map(order -> new Partition(graph, order, accepted, preferred, sizes).best())
            .flatMap(Optional::stream)
            .min(Comparator.comparing(Partition.Result::score));
  }

  /** Asks each device about its slices; takes away what it refuses. */
  private boolean allAccepted(
      List<Sliceable> devices, List<BitSet> accepted, List<Part> parts, List<GraphSlice> slices) {
    boolean all = true;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Device device = devices.get(part.device()).ranked().device();
      GraphSlice slice = slices.get(i);
      Assessment answer = device.assess(slice.graph(), request.profiles());
      boolean taken =
          answer.takesAll()
              && new MemoryFit(request, memoryBudget).check(device, slice.graph()).good();
      if (!taken) {
        all = false;
        BitSet kept = largestSet(answer);
        List<Node> nodes = slice.origin();
        boolean lost = false;
        for (int n = 0; n < nodes.size(); n++) {
          if (!kept.get(n)) {
            accepted.get(part.device()).clear(nodes.get(n).id());
            lost = true;
          }
        }
        if (!lost) {
          // Accepted, but too large for its memory: give up this device.
          accepted.get(part.device()).clear();
        }
      }
    }
    return all;
  }

  private static BitSet largestSet(Assessment answer) {
    return answer.accepted().stream()
        .map(Assessment.NodeSet::nodes)
        .max(Comparator.comparingInt(BitSet::cardinality))
        .orElseGet(BitSet::new);
  }

  private Plan plan(
      List<Sliceable> devices,
      List<Part> parts,
      List<GraphSlice> slices,
      List<PassedOver> passedOver) {
    List<Assignment> assignments = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Sliceable offer = devices.get(parts.get(i).device());
      assignments.add(
          new Assignment(slices.get(i), offer.ranked().device(), cause(devices, parts.get(i))));
    }
    List<PassedOver> lines = new ArrayList<>(passedOver);
    for (Sliceable offer : devices) {
      String id = offer.ranked().device().info().id();
      boolean used = assignments.stream().anyMatch(a -> a.device().info().id().equals(id));
      boolean named = lines.stream().anyMatch(line -> line.id().equals(id));
      if (!used && !named) {
        lines.add(
            new PassedOver(
                id,
                offer.ranked().preferred(),
                Finding.good(Finding.Stage.FIT, "the slices need no further device"),
                List.of()));
      }
    }
    return new Plan(request, assignments, lines);
  }

  /** Why this device, and why not the ones before it. */
  private static String cause(List<Sliceable> devices, Part part) {
    Sliceable chosen = devices.get(part.device());
    for (int before = 0; before < part.device(); before++) {
      Sliceable better = devices.get(before);
      for (Assessment.Refusal refusal : better.assessment().refusals()) {
        if (part.nodes().stream().anyMatch(node -> node.id() == refusal.node().id())) {
          return "next in order; %s refuses %s: %s"
              .formatted(
                  better.ranked().device().info().id(), refusal.node().name(), refusal.reason());
        }
      }
    }
    return chosen.ranked().cause() + "; fewest slices and copies";
  }
}
