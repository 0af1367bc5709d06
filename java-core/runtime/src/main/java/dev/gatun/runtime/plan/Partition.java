package dev.gatun.runtime.plan;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.CostSummary.NodeCost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses a device for each node of one topological order so that, in this order of importance, the
 * least work leaves the preferred devices, there are the fewest slices, the fewest bytes pass
 * between them, and the work goes to the devices of higher rank. Exact for the given order, by
 * dynamic programming over (node, device).
 */
final class Partition {
  private final List<Node> order;
  private final List<BitSet> accepted;
  private final int preferred;
  private final List<NodeCost> costs;
  private final double[] crossing;
  private final boolean[] cuttable;

  /**
   * @param order all nodes in topological order
   * @param accepted per device, in order of rank, the ids of the nodes that it takes
   * @param preferred how many devices of the list the policy prefers
   * @param sizes sizes of the graph's symbols
   */
  Partition(
      Graph graph,
      List<Node> order,
      List<BitSet> accepted,
      int preferred,
      Map<String, Long> sizes) {
    this.order = order;
    this.accepted = accepted;
    this.preferred = preferred;
    costs = CostSummary.of(graph, sizes, 0).nodes();
    crossing = new double[order.size()];
    cuttable = new boolean[order.size()];
    findCuts(sizes);
  }

  /**
   * Consecutive nodes of one device.
   *
   * @param device index in the list of devices
   */
  record Part(int device, List<Node> nodes) {}

  /** A way to run the whole order. */
  record Result(List<Part> parts, Score score) {}

  /**
   * How bad a way is; smaller is better, the first difference decides.
   *
   * @param away work on devices that the policy does not prefer, when it prefers some
   * @param copied bytes that pass between slices
   * @param lowRank work times the rank of its device
   */
  record Score(double away, int slices, double copied, double lowRank)
      implements Comparable<Score> {
    static final Score NONE = new Score(0, 0, 0, 0);

    @Override
    public int compareTo(Score other) {
      return Comparator.comparingDouble(Score::away)
          .thenComparingInt(Score::slices)
          .thenComparingDouble(Score::copied)
          .thenComparingDouble(Score::lowRank)
          .compare(this, other);
    }
  }

  /** What may be cut before node i, and what would have to be copied there. */
  private void findCuts(Map<String, Long> sizes) {
    Map<Integer, Integer> lastUse = new HashMap<>();
    Map<String, Integer> lastStateUse = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      for (Value input : order.get(i).inputs()) {
        lastUse.put(input.id(), i);
      }
      Optional<String> state = GraphCutter.stateOf(order.get(i));
      if (state.isPresent()) {
        lastStateUse.put(state.get(), i);
      }
    }
    Set<Value> live = new HashSet<>();
    Set<String> liveStates = new HashSet<>();
    for (int i = 0; i < order.size(); i++) {
      int here = i;
      live.removeIf(value -> lastUse.get(value.id()) < here);
      liveStates.removeIf(state -> lastStateUse.get(state) < here);
      cuttable[i] = liveStates.isEmpty();
      crossing[i] = live.stream().mapToDouble(v -> ByteSizes.bytes(v.type(), sizes)).sum();
      for (Value output : order.get(i).outputs()) {
        if (lastUse.containsKey(output.id())) {
          live.add(output);
        }
      }
      GraphCutter.stateOf(order.get(i)).ifPresent(liveStates::add);
    }
    DataSizes.spans(order).forEach(span -> Arrays.fill(cuttable, span.from(), span.to(), false));
  }

  /** The best way; empty when some node has no device that can be reached by allowed cuts. */
  Optional<Result> best() {
    int devices = accepted.size();
    List<Score> previous = Collections.nCopies(devices, Score.NONE);
    int[][] from = new int[order.size()][devices];
    for (int i = 0; i < order.size(); i++) {
      List<Score> current = new ArrayList<>(Collections.nCopies(devices, null));
      for (int device = 0; device < devices; device++) {
        for (int before = 0; before < devices; before++) {
          Score score = step(i, device, before, previous.get(before));
          if (score != null
              && (current.get(device) == null || score.compareTo(current.get(device)) < 0)) {
            current.set(device, score);
            from[i][device] = before;
          }
        }
      }
      previous = current;
    }
    int last = -1;
    for (int device = 0; device < devices; device++) {
      Score score = previous.get(device);
      if (score != null && (last < 0 || score.compareTo(previous.get(last)) < 0)) {
        last = device;
      }
    }
    return last < 0
        ? Optional.empty()
        : Optional.of(new Result(parts(from, last), previous.get(last)));
  }

  /** The score after node i on a device, coming from another; null when that is not allowed. */
  private Score step(int i, int device, int before, Score score) {
    boolean first = i == 0;
    boolean change = first || device != before;
    if (score == null
        || !accepted.get(device).get(order.get(i).id())
        || (!first && change && !cuttable[i])) {
      return null;
    }
    double work = work(i);
    return new Score(
        score.away() + (device < preferred || preferred == 0 ? 0 : work),
        score.slices() + (change ? 1 : 0),
        score.copied() + (change ? crossing[i] : 0),
        score.lowRank() + device * work);
  }

  private double work(int i) {
    Cost cost = costs.get(order.get(i).id()).cost();
    return cost.flops() + cost.bytes();
  }

  private List<Part> parts(int[][] from, int last) {
    int[] chosen = new int[order.size()];
    int device = last;
    for (int i = order.size() - 1; i >= 0; i--) {
      chosen[i] = device;
      device = from[i][device];
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      if (i == 0 || chosen[i] != chosen[i - 1]) {
        parts.add(new Part(chosen[i], new ArrayList<>()));
      }
      parts.getLast().nodes().add(order.get(i));
    }
    return parts;
  }
}
