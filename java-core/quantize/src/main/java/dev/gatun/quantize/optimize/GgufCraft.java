package dev.gatun.quantize.optimize;

import dev.gatun.formats.ModelFiles;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.gguf.GgufQuantizer;
import dev.gatun.quantize.gguf.MetadataOverride;
import dev.gatun.quantize.gguf.QuantizeListener;
import dev.gatun.quantize.gguf.QuantizeOptions;
import dev.gatun.quantize.gguf.UsedImportance;
import dev.gatun.quantize.mix.TypeMix;
import dev.gatun.quantize.validate.WeightErrors;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Quantizes a GGUF model. What hurts a block is taken from its weights: noise over signal, summed
 * over its tensors; a block that gets its precision back is written as Q8_0.
 *
 * @param source the original
 * @param digest SHA-256 of it
 * @param importance for recipes that want it
 * @param importanceDigest of the matrix; empty without one
 * @param allowRequantize whether the original may be quantized already
 * @param threads for quantizing
 */
public record GgufCraft(
    GgufFile source,
    String digest,
    Optional<UsedImportance> importance,
    String importanceDigest,
    boolean allowRequantize,
    int threads)
    implements Craft<GgufRecipe> {
  @Override
  public String suffix() {
    return ".gguf";
  }

  @Override
  public String identity(GgufRecipe recipe) {
    return recipe.weighted() ? digest + " " + importanceDigest : digest;
  }

  @Override
  public void make(GgufRecipe recipe, Path target) throws IOException {
    var options =
        new QuantizeOptions(
            recipe.types(),
            recipe.weighted() ? importance : Optional.empty(),
            provenance(recipe),
            new TreeSet<>(),
            false,
            allowRequantize,
            true,
            threads);
    GgufQuantizer.quantize(source, target, options, QuantizeListener.NONE);
  }

  /** What the artifact was made of, in its metadata. */
  private List<MetadataOverride> provenance(GgufRecipe recipe) {
    List<MetadataOverride> values = new ArrayList<>();
    values.add(new MetadataOverride.Text("gatun.provenance.source.sha256", digest));
    values.add(new MetadataOverride.Text("gatun.provenance.recipe", recipe.canonical()));
    if (recipe.weighted()) {
      values.add(new MetadataOverride.Text("gatun.provenance.imatrix.sha256", importanceDigest));
    }
    return values;
  }

  @Override
  public Discrepancy check(Path artifact) throws IOException {
    return Discrepancy.of(source, artifact);
  }

  @Override
  public List<GgufRecipe> milder(GgufRecipe recipe, Path artifact) throws IOException {
    List<GgufRecipe> recipes = new ArrayList<>();
    for (List<Integer> blocks : AccuracyControl.steps(mostHurt(artifact))) {
      Map<String, DType> raised = new LinkedHashMap<>();
      blocks.forEach(block -> raised.put("^blk\\." + block + "\\.", DType.Q8_0));
      recipes.add(recipe.with(raised));
    }
    return recipes;
  }

  private List<Integer> mostHurt(Path artifact) {
    Map<Integer, Double> noise = new TreeMap<>();
    try (ModelSource candidate = ModelFiles.open(artifact)) {
      for (WeightErrors.Line line : WeightErrors.of(source, candidate).tensors()) {
        int block = TypeMix.layer(line.tensor());
        if (block >= 0 && !line.agreement().exact()) {
          noise.merge(block, Math.pow(10, -line.agreement().snr() / 10), Double::sum);
        }
      }
    }
    return noise.entrySet().stream()
        .sorted(Map.Entry.<Integer, Double>comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }
}
