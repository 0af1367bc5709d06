package dev.gatun.quantize.gguf;

import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.tensor.GatunException;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Leaves out blocks of a model; those behind them move up, so that numbers stay without gaps. */
final class LayerPruning {
  private final SortedSet<Integer> pruned;
  private final int kept;

  /**
   * @throws GatunException when there is no such block, or none would be left
   */
  LayerPruning(SortedSet<Integer> pruned, Collection<String> tensors) {
    this.pruned = pruned;
    var layers = new TreeSet<Integer>();
    tensors.stream().map(TypeMix::layer).filter(layer -> layer >= 0).forEach(layers::add);
    for (int layer : pruned) {
      if (!layers.contains(layer)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "cannot prune block %d: the model has the blocks 0 to %d"
                .formatted(layer, layers.isEmpty() ? -1 : layers.last()));
      }
    }
    this.kept = layers.size() - pruned.size();
    if (!pruned.isEmpty() && kept == 0) {
      throw new GatunException(GatunException.Kind.USAGE, "pruning all blocks leaves no model");
    }
  }

  /** Blocks that are left. */
  int kept() {
    return kept;
  }

  /** What a tensor will be called; empty when it goes. */
  Optional<String> name(String tensor) {
    int layer = TypeMix.layer(tensor);
    if (layer < 0 || pruned.isEmpty()) {
      return Optional.of(tensor);
    }
    if (pruned.contains(layer)) {
      return Optional.empty();
    }
    int number = layer - pruned.headSet(layer).size();
    return Optional.of("blk." + number + tensor.substring(tensor.indexOf('.', "blk.".length())));
  }
}
