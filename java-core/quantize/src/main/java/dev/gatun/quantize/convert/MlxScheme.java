package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the matrices of a model are quantized for MLX.
 *
 * @param format of all, or with a recipe what config.json says of those that it does not name
 * @param recipe gives some matrices more bits
 */
public record MlxScheme(MlxFormat format, Optional<MlxRecipe> recipe) {
  /**
   * @throws IllegalArgumentException for a recipe of another mode than affine
   */
  public MlxScheme {
    if (recipe.isPresent() && format.mode() != MlxMode.AFFINE) {
      throw new IllegalArgumentException(
          "recipes mix bits of mode affine, not of " + format.mode().id());
    }
  }

  /** The same form for all. */
  public static MlxScheme of(MlxFormat format) {
    return new MlxScheme(format, Optional.empty());
  }

  /** What it is called in reports. */
  String title() {
    String groups = ", groups of " + format.group();
    return recipe
        .map(mixture -> "MLX " + mixture.id() + groups)
        .orElse(
            format.mode() == MlxMode.AFFINE
                ? "MLX %d bits%s".formatted(format.bits(), groups)
                : "MLX " + format.mode().id());
  }

  /**
   * The form of every matrix that is quantized, by module: those with whole groups in their rows.
   *
   * @throws GatunException of kind USAGE when a recipe does not fit the model
   */
  Map<String, MlxFormat> formats(List<PlannedTensor> tensors) {
    List<String> modules = new ArrayList<>();
    for (PlannedTensor tensor : tensors) {
      if (tensor.shape().rank() >= 2
          && tensor.name().endsWith(MlxTensors.WEIGHT)
          && format.fits(tensor.shape().rowLength())) {
        modules.add(MlxTensors.module(tensor.name()));
      }
    }
    Map<String, MlxFormat> formats = new TreeMap<>();
    if (recipe.isEmpty()) {
      modules.forEach(module -> formats.put(module, format));
      return formats;
    }
    List<String> downs =
        tensors.stream()
            .map(PlannedTensor::name)
            .filter(name -> name.contains("down_proj"))
            .toList();
    if (downs.isEmpty()) {
      throw new GatunException(
          GatunException.Kind.USAGE,
          "the recipe %s is for models with matrices named down_proj".formatted(recipe.get().id()));
    }
    int layers = 1 + downs.stream().mapToInt(MlxScheme::layer).max().orElseThrow();
    for (String module : modules) {
      int bits = recipe.get().bits(module, layer(module), layers);
      formats.put(module, new MlxFormat(bits, format.group()));
    }
    return formats;
  }

  private static int layer(String module) {
    return Math.max(0, TensorName.parse(module).layer());
  }

  /** Says in config.json how a model is quantized, where MLX looks for it. */
  void describe(Map<String, MlxFormat> formats, ObjectNode config) {
    for (String key : new String[] {"quantization", "quantization_config"}) {
      ObjectNode all = config.putObject(key);
      describe(format, all);
      if (recipe.isPresent()) {
        formats.forEach((module, own) -> describe(own, all.putObject(module)));
      }
    }
  }

  private static void describe(MlxFormat format, ObjectNode node) {
    node.put("group_size", format.group())
        .put("bits", format.bits())
        .put("mode", format.mode().id());
  }
}
