package dev.gatun.quantize.convert;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * mlx-lm's mixtures of bits ({@code mixed_quant_predicate_builder} of mlx-lm 0.32.2): more for the
 * output, and for values and the last matrices of the first and last eighth of the layers and of
 * every third between.
 */
public enum MlxRecipe {
  MIXED_2_6(2, 6),
  MIXED_3_4(3, 4),
  MIXED_3_6(3, 6),
  MIXED_4_6(4, 6);

  private static final List<String> SENSITIVE =
      List.of("v_proj", "v_a_proj", "v_b_proj", "down_proj");

  private final int low;
  private final int high;

  MlxRecipe(int low, int high) {
    this.low = low;
    this.high = high;
  }

  /** mlx-lm's name of it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The recipe that mlx-lm calls so. */
  public static Optional<MlxRecipe> of(String id) {
    return Arrays.stream(values()).filter(recipe -> recipe.id().equals(id)).findFirst();
  }

  /**
   * Bits of a module.
   *
   * @param layer its layer, 0 for one outside of layers
   */
  int bits(String module, int layer, int layers) {
    int eighth = layers / 8;
    boolean important =
        layer < eighth || layer >= 7 * layers / 8 || Math.floorMod(layer - eighth, 3) == 2;
    boolean sensitive = SENSITIVE.stream().anyMatch(module::contains);
    return module.contains("lm_head") || (important && sensitive) ? high : low;
  }
}
