package dev.gatun.quantize.optimize;

import dev.gatun.quantize.onnx.OnnxScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The recipes that there are for an ONNX model.
 *
 * @param schemes by name
 * @param keepable names of nodes that may stay as they are, each for itself; empty for none
 */
public record OnnxSpace(Map<String, OnnxScheme> schemes, List<String> keepable)
    implements Space<OnnxRecipe> {
  public OnnxSpace {
    schemes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(schemes));
    keepable = List.copyOf(keepable);
  }

  @Override
  public int[] sizes() {
    int[] sizes = new int[1 + keepable.size()];
    java.util.Arrays.fill(sizes, 2);
    sizes[0] = schemes.size();
    return sizes;
  }

  @Override
  public OnnxRecipe recipe(int... choices) {
    String name = List.copyOf(schemes.keySet()).get(choices[0]);
    List<String> kept = new ArrayList<>();
    for (int node = 0; node < keepable.size(); node++) {
      if (choices[1 + node] == 1) {
        kept.add(keepable.get(node));
      }
    }
    return new OnnxRecipe(name, schemes.get(name), kept);
  }
}
