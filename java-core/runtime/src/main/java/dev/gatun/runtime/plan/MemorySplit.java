package dev.gatun.runtime.plan;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Cost;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Assessment;
import dev.gatun.runtime.spi.Assessment.NodeSet;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Device;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What part of a graph devices can hold that would take all of it, had they the memory: the first
 * device the end of the graph, the next what comes before that. The end, because a language model
 * begins with a large table of which each token needs one row, and ends with its largest product.
 */
final class MemorySplit {
  /** A smaller part of the weights is not worth another device. */
  private static final double LEAST_SHARE = 0.25;

  private final PlanRequest request;
  private final MemoryFit fit;
  private final OptionalInt layers;
  private final Graph graph;
  private final Map<String, State> states = new HashMap<>();

  /**
   * @param layers most layers of all parts together; empty: as many as fit
   */
  MemorySplit(PlanRequest request, MemoryFit fit, OptionalInt layers) {
    this.request = request;
    this.fit = fit;
    this.layers = layers;
    graph = request.graph();
    graph.states().forEach(state -> states.put(state.name(), state));
  }

  /**
   * What each device takes; devices that could hold too little are left out.
   *
   * @param devices whose memory is too small, the best first
   */
  List<Sliceable> offers(List<Ranked> devices) {
    List<Sliceable> offers = new ArrayList<>();
    int end = graph.nodes().size();
    // Whoever says how many layers has judged what is worth it.
    double least = layers.isPresent() ? 0 : LEAST_SHARE * ByteSizes.weightBytes(graph);
    Set<String> taken = new HashSet<>();
    for (Ranked ranked : devices) {
      int start = start(ranked.device(), end, taken);
      if (start < end && weights(start, end) >= least) {
        offers.add(new Sliceable(ranked, assessment(start, end)));
        end = start;
      }
    }
    return offers;
  }

  /**
   * The first node of the longest part that ends before {@code end} and fits.
   *
   * @param taken names of the states, one a layer, that parts have already; this part's are added
   */
  private int start(Device device, int end, Set<String> taken) {
    double left = fit.limit(device) - fit.activations(graph);
    Set<Constant> held = new HashSet<>();
    int start = end;
    while (start > 0) {
      Node node = graph.nodes().get(start - 1);
      for (Value input : node.inputs()) {
        Optional<Constant> constant = input.isAbsent() ? Optional.empty() : graph.constant(input);
        if (constant.isPresent() && held.add(constant.get())) {
          left -= fit.bytes(device, constant.get());
        }
      }
      Optional<String> state = GraphCutter.stateOf(node);
      left -= state.map(name -> fit.bytes(states.get(name))).orElse(0.0);
      boolean enough =
          state.isPresent()
              && taken.add(state.get())
              && taken.size() > layers.orElse(Integer.MAX_VALUE);
      if (left < 0 || enough) {
        return narrowest(start, end);
      }
      start--;
    }
    return start;
  }

  /** Where, within a layer's length behind a node, the fewest bytes would have to be copied. */
  private int narrowest(int from, int end) {
    int layer = graph.nodes().size() / Math.max(1, graph.states().size());
    int best = from;
    double least = Double.MAX_VALUE;
    for (int start = from; start < Math.min(end, from + layer); start++) {
      double crossing = crossing(start);
      if (crossing < least) {
        least = crossing;
        best = start;
      }
    }
    return best;
  }

  private double crossing(int start) {
    Map<String, Long> sizes = request.typicalSizes();
    Set<Value> needed = new HashSet<>();
    for (Node node : graph.nodes().subList(start, graph.nodes().size())) {
      for (Value input : node.inputs()) {
        if (!input.isAbsent()
            && graph.producer(input).filter(producer -> producer.id() < start).isPresent()) {
          needed.add(input);
        }
      }
    }
    return needed.stream().mapToDouble(value -> ByteSizes.bytes(value.type(), sizes)).sum();
  }

  private double weights(int start, int end) {
    Set<Constant> held = new HashSet<>();
    for (Node node : graph.nodes().subList(start, end)) {
      for (Value input : node.inputs()) {
        if (!input.isAbsent()) {
          graph.constant(input).ifPresent(held::add);
        }
      }
    }
    return held.stream().mapToDouble(constant -> constant.data().data().byteSize()).sum();
  }

  private Assessment assessment(int start, int end) {
    BitSet nodes = new BitSet();
    nodes.set(start, end);
    List<Refusal> refusals = new ArrayList<>();
    String reason =
        layers.isPresent()
            ? "%s is %d".formatted(Settings.GPU_LAYERS, layers.getAsInt())
            : "there is no room for it in its memory";
    for (Node node : graph.nodes()) {
      if (!nodes.get(node.id())) {
        refusals.add(new Refusal(node, reason, ""));
      }
    }
    return new Assessment(List.of(new NodeSet(nodes, Cost.NONE)), refusals);
  }
}
