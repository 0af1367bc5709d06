package dev.gatun.models.arch;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.Value;
import dev.gatun.models.lora.LoraAdapter;
import dev.gatun.models.lora.LowRank;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The low-rank adapters of a model that is being built: {@code x W^T} becomes {@code x W^T + (x
 * A^T) B^T} (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021), so that a
 * quantized weight stays as it is stored.
 */
final class Adaptations {
  private final List<LoraAdapter> adapters;
  private final GraphBuilder graph;
  private final Set<String> applied = new HashSet<>();

  /**
   * @throws dev.gatun.tensor.GatunException when an adapter was made for another model
   */
  Adaptations(ModelSource source, GraphBuilder graph, List<LoraAdapter> adapters) {
    this.adapters = adapters;
    this.graph = graph;
    adapters.forEach(adapter -> adapter.requireFor(source));
  }

  /**
   * The product of {@code x} with a weight and what adapters add to it; its last node has this
   * name.
   *
   * @param weight name of the tensor
   */
  Value linear(String node, Value x, String weight, Value matrix) {
    List<LoraAdapter> own =
        adapters.stream().filter(adapter -> adapter.weights().contains(weight)).toList();
    if (own.isEmpty()) {
      return graph.linear(node, x, matrix);
    }
    applied.add(weight);
    Value y = graph.linear(node + "_base", x, matrix);
    for (int i = 0; i < own.size(); i++) {
      LowRank delta = own.get(i).delta(weight);
      String suffix = own.size() == 1 ? "" : "_" + i;
      Value down = graph.constant(weight + ".lora_a" + suffix, delta.down());
      Value up = graph.constant(weight + ".lora_b" + suffix, delta.up());
      Value narrow = graph.linear(node + "_lora_a" + suffix, x, down);
      Value change = graph.linear(node + "_lora_b" + suffix, narrow, up);
      boolean last = i == own.size() - 1;
      y = graph.add(last ? node : node + "_adapted" + suffix, y, change);
    }
    return y;
  }

  /**
   * Refuses adapters of which something was not applied.
   *
   * @throws ModelException naming the adapter and the weight
   */
  void requireAllApplied() {
    for (LoraAdapter adapter : adapters) {
      for (String weight : adapter.weights()) {
        if (!applied.contains(weight)) {
          throw new ModelException(
              "the adapter %s changes '%s', which cannot be adapted while the model runs; merge it: gatun quantize MODEL TYPE --lora %s"
                  .formatted(adapter.name(), weight, adapter.name()));
        }
      }
    }
  }
}
