package dev.gatun.quantize.validate;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.quantize.observe.ObservedDecoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the blocks of two decoders give for the same tokens: where a candidate's error arises. */
public final class LayerErrors {
  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,9})\\..*");

  /** The output of one block. */
  public record Line(int layer, Agreement agreement) {}

  private LayerErrors() {}

  /** Names of the last value of each block, by block. */
  public static Map<Integer, String> outputs(Graph graph) {
    Map<Integer, String> last = new TreeMap<>();
    for (Node node : graph.nodes()) {
      Matcher block = BLOCK.matcher(node.name());
      if (block.matches() && node.outputs().size() == 1) {
        last.put(Integer.valueOf(block.group(1)), node.output().name());
      }
    }
    return last;
  }

  /** The values to observe. */
  static Set<String> names(Graph graph) {
    return Set.copyOf(outputs(graph).values());
  }

  /**
   * What every block gives for some tokens, which stays in memory: tokens times width per block.
   *
   * @param decoder opened to observe {@link #outputs}
   */
  static Map<Integer, List<float[]>> read(ObservedDecoder decoder, int[] tokens) {
    Map<Integer, String> outputs = outputs(decoder.model().graph());
    Map<Integer, List<float[]>> values = new LinkedHashMap<>();
    decoder.read(
        tokens,
        (observed, first, count) ->
            outputs.forEach((layer, name) ->
                values
                    .computeIfAbsent(layer, key -> new ArrayList<>())
                    .add(observed.apply(name).toFloats())));
    return values;
  }

  /** Compares what {@link #read} gave for both. */
  static List<Line> compare(
      Map<Integer, List<float[]>> reference, Map<Integer, List<float[]>> candidate) {
    List<Line> lines = new ArrayList<>();
    reference.forEach((layer, parts) -> {
      List<float[]> others = candidate.getOrDefault(layer, List.of());
      if (sizes(parts).equals(sizes(others))) {
        Agreement.Tally tally = new Agreement.Tally();
        for (int i = 0; i < parts.size(); i++) {
          tally.add(parts.get(i), others.get(i), parts.get(i).length);
        }
        lines.add(new Line(layer, tally.result()));
      }
    });
    return lines;
  }

  private static List<Integer> sizes(Collection<float[]> parts) {
    return parts.stream().map(part -> part.length).toList();
  }
}
