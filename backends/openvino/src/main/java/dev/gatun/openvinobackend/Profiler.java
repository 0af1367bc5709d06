package dev.gatun.openvinobackend;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.openvino.InferRequest;
import dev.gatun.openvino.ProfiledNode;
import dev.gatun.openvinobackend.lower.Lowering;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds up OpenVINO's profile of each run per node of the graph. A layer that several nodes were
 * fused into counts for the one that it is named after. Layers of nobody's keep their names where
 * OpenVINO read a file, whose nodes it makes others of; where the graph was lowered, they are
 * conversions at the ends and count for none.
 */
final class Profiler {
  private final Map<String, String> owners = new HashMap<>();
  private final Map<String, long[]> sums = new LinkedHashMap<>();
  private final Map<String, Map<String, Long>> units = new HashMap<>();
  private final boolean ofFile;

  Profiler(Graph graph) {
    ofFile = graph.origin().isPresent();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(value -> owners.putIfAbsent(value.name(), node.name()));
    }
    graph.nodes().forEach(node -> owners.put(node.name(), node.name()));
    // Layers of a file have its names.
    graph
        .origin()
        .ifPresent(file ->
            file.nodes()
                .forEach((layer, node) -> {
                  if (owners.containsKey(node)) {
                    owners.putIfAbsent(layer, owners.get(node));
                  }
                }));
    // What gives an output may be called after the output.
    for (int i = 0; i < graph.outputs().size(); i++) {
      Value output = graph.outputs().get(i);
      String layer = Lowering.resultName(i, output);
      graph.producer(output).ifPresent(node -> owners.put(layer, node.name()));
    }
  }

  void add(InferRequest request) {
    for (ProfiledNode layer : request.profile()) {
      Optional<String> owner = owner(layer.name());
      if (layer.executed() && owner.isPresent()) {
        long[] sum = sums.computeIfAbsent(owner.get(), absent -> new long[2]);
        String unit = layer.type() + "." + layer.execution();
        units
            .computeIfAbsent(owner.get(), absent -> new LinkedHashMap<>())
            .merge(unit, layer.nanoseconds(), Long::sum);
        sum[1] += layer.nanoseconds();
      }
    }
    sums.values().forEach(sum -> sum[0]++);
  }

  /** Our layers are called {@code node/LayerNumber}, those of a file as the file calls them. */
  private Optional<String> owner(String layer) {
    String whole = owners.get(layer);
    if (whole != null) {
      return Optional.of(whole);
    }
    int slash = layer.lastIndexOf('/');
    return Optional.ofNullable(slash < 0 ? null : owners.get(layer.substring(0, slash)))
        .or(() -> ofFile ? Optional.of(layer) : Optional.empty());
  }

  List<NodeTiming> timings() {
    List<NodeTiming> timings = new ArrayList<>();
    sums.forEach((node, sum) -> timings.add(new NodeTiming(node, unit(node), sum[0], sum[1])));
    return timings;
  }

  /** All that a node's time went to: the product, say, and what its weights' rests add to it. */
  private String unit(String node) {
    return String.join(" + ", units.get(node).keySet());
  }
}
