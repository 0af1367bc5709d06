package dev.gatun.quantize.optimize;

import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.quantize.onnx.OnnxQuantizeOptions;
import dev.gatun.quantize.onnx.OnnxQuantizeReport.Refusal;
import dev.gatun.quantize.onnx.OnnxQuantizer;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.quantize.onnx.RuntimeActivations;
import dev.gatun.quantize.validate.NetworkErrors;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Quantizes an ONNX model. What hurts a layer is taken from its results for an example: how much
 * the noise grows there; a layer that gets its precision back stays as the original has it.
 *
 * @param policy where examples run
 * @param source the original
 * @param digest SHA-256 of it
 * @param examples inputs by name, at least one; schemes that learn are calibrated with them
 * @param examplesDigest of what they were read from
 * @param target where artifacts shall run; what it would refuse is not measured
 */
public record OnnxCraft(
    GatunRuntime runtime,
    Policy policy,
    Path source,
    String digest,
    List<Map<String, Tensor>> examples,
    String examplesDigest,
    Optional<OnnxTarget> target)
    implements Craft<OnnxRecipe> {
  @Override
  public String suffix() {
    return ".onnx";
  }

  @Override
  public String identity(OnnxRecipe recipe) {
    return OnnxSchemes.learns(recipe.scheme()) ? digest + " " + examplesDigest : digest;
  }

  @Override
  public void make(OnnxRecipe recipe, Path file) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("gatun.provenance.source.sha256", digest);
    provenance.put("gatun.provenance.recipe", recipe.canonical());
    OnnxQuantizeOptions options =
        OnnxQuantizeOptions.of(recipe.scheme())
            .withExclude(
                recipe.kept().stream()
                    .map(node -> Pattern.compile("^" + Pattern.quote(node) + "$"))
                    .toList());
    if (OnnxSchemes.learns(recipe.scheme())) {
      options = options.withActivations(new RuntimeActivations(runtime, policy, source, examples));
      provenance.put("gatun.provenance.calibration.sha256", examplesDigest);
    }
    OnnxQuantizer.quantize(source, file, options.withNotes(provenance), text -> {});
  }

  /**
   * The worst of the layers' results for the first example; of the weights where none can be read.
   * Weights alone say nothing where a scheme moves factors between them and activations.
   */
  @Override
  public Discrepancy check(Path artifact) {
    NetworkErrors errors = errors(artifact);
    Discrepancy worst = new Discrepancy("", Double.POSITIVE_INFINITY);
    for (NetworkErrors.Line line :
        errors.outputs().isEmpty() ? errors.weights() : errors.outputs()) {
      if (line.agreement().notFinite() > 0) {
        return new Discrepancy(line.layer(), Double.NaN);
      }
      if (line.agreement().snr() < worst.signal()) {
        worst = new Discrepancy(line.layer(), line.agreement().snr());
      }
    }
    return worst;
  }

  private NetworkErrors errors(Path artifact) {
    return NetworkErrors.of(runtime, policy, source, artifact, List.of(examples.getFirst()));
  }

  @Override
  public Optional<String> refusal(Path artifact) {
    if (target.isEmpty()) {
      return Optional.empty();
    }
    try (OnnxFile file = OnnxFile.open(artifact)) {
      List<Refusal> refusals = target.get().refusals(file.model());
      return refusals.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "%s would refuse %d nodes: %s (%s): %s"
                  .formatted(
                      target.get().label(),
                      refusals.size(),
                      refusals.getFirst().node(),
                      refusals.getFirst().type(),
                      refusals.getFirst().reason()));
    }
  }

  @Override
  public List<OnnxRecipe> milder(OnnxRecipe recipe, Path artifact) {
    List<OnnxRecipe> recipes = new ArrayList<>();
    for (List<String> nodes : AccuracyControl.steps(mostHurt(artifact))) {
      List<String> kept = new ArrayList<>(recipe.kept());
      nodes.stream().filter(node -> !kept.contains(node)).forEach(kept::add);
      recipes.add(new OnnxRecipe(recipe.name(), recipe.scheme(), kept));
    }
    return recipes;
  }

  /** Nodes by how much the share of noise grows from the layer before to theirs. */
  private List<String> mostHurt(Path artifact) {
    Map<String, String> nodes = nodes();
    Map<String, Double> grown = new LinkedHashMap<>();
    double before = 0;
    for (NetworkErrors.Line line : errors(artifact).outputs()) {
      double noise = Math.pow(10, -line.agreement().snr() / 10);
      String node = nodes.get(line.layer());
      if (node != null && noise > before) {
        grown.put(node, noise - before);
      }
      before = noise;
    }
    return grown.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Names of the original's nodes by their first result. */
  private Map<String, String> nodes() {
    Map<String, String> nodes = new HashMap<>();
    try (OnnxFile file = OnnxFile.open(source)) {
      for (OnnxNode node : file.model().graph().nodes()) {
        if (!node.outputs().isEmpty() && !node.name().isEmpty()) {
          nodes.put(node.outputs().getFirst(), node.name());
        }
      }
    }
    return nodes;
  }
}
