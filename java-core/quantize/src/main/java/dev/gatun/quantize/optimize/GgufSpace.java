package dev.gatun.quantize.optimize;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The recipes that there are for a GGUF model.
 *
 * @param types of the file
 * @param weighted whether importances are used
 * @param parts parts of a model that may have another type than the mix gives them: a regular
 *     expression each
 * @param raised types that they may have
 */
public record GgufSpace(
    List<FileType> types, List<Boolean> weighted, List<String> parts, List<DType> raised)
    implements Space<GgufRecipe> {
  /** Types from half of half precision down to where answers change. */
  private static final List<FileType> USUAL =
      List.of(
          FileType.Q8_0,
          FileType.Q6_K,
          FileType.Q5_K_M,
          FileType.Q4_K_M,
          FileType.Q4_0,
          FileType.IQ4_XS,
          FileType.Q3_K_M);

  public GgufSpace {
    types = List.copyOf(types);
    weighted = List.copyOf(weighted);
    parts = List.copyOf(parts);
    raised = List.copyOf(raised);
  }

  /**
   * The types alone.
   *
   * @param types empty for the usual ones
   */
  public static GgufSpace ofTypes(List<FileType> types, boolean weighted) {
    List<Boolean> both = weighted ? List.of(true) : List.of(false);
    return new GgufSpace(types.isEmpty() ? USUAL : types, both, List.of(), List.of());
  }

  /** Parts may have other types. */
  public GgufSpace with(Workflow.Mix mix) {
    return new GgufSpace(types, weighted, mix.parts(), mix.types());
  }

  @Override
  public int[] sizes() {
    int[] sizes = new int[2 + parts.size()];
    sizes[0] = types.size();
    sizes[1] = weighted.size();
    for (int part = 0; part < parts.size(); part++) {
      sizes[2 + part] = 1 + raised.size();
    }
    return sizes;
  }

  @Override
  public GgufRecipe recipe(int... choices) {
    Map<String, DType> other = new LinkedHashMap<>();
    for (int part = 0; part < parts.size(); part++) {
      if (choices[2 + part] > 0) {
        other.put(parts.get(part), raised.get(choices[2 + part] - 1));
      }
    }
    return new GgufRecipe(types.get(choices[0]), weighted.get(choices[1]), other);
  }
}
