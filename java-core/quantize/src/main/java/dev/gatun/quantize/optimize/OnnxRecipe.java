package dev.gatun.quantize.optimize;

import dev.gatun.quantize.onnx.OnnxScheme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an ONNX artifact is quantized.
 *
 * @param name the scheme's, as {@link OnnxSchemes} knows it
 * @param scheme what becomes of the model's numbers
 * @param kept names of nodes that stay as they are
 */
public record OnnxRecipe(String name, OnnxScheme scheme, List<String> kept) implements Recipe {
  public OnnxRecipe {
    kept = List.copyOf(kept);
  }

  @Override
  public String title() {
    return kept.isEmpty() ? name : name + " -" + kept.size();
  }

  @Override
  public String canonical() {
    return scheme + " " + kept;
  }

  @Override
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("scheme", scheme.describe());
    members.put("kept", kept);
    return members;
  }
}
