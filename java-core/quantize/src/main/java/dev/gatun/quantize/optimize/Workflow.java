package dev.gatun.quantize.optimize;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.quantize.onnx.OnnxScheme;
import dev.gatun.quantize.onnx.OnnxTarget;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A search as it is declared: by the options of a command, or in a file ({@link WorkflowFile}).
 *
 * @param model name or file; empty when it is given elsewhere
 * @param output the file to write; empty for none
 * @param goal as {@link Objective#parse} reads it
 * @param passes what is done to the model, in this order
 * @param method in which order recipes are tried
 * @param evaluation how an artifact is measured
 * @param report folder of the report; empty for none
 */
public record Workflow(
    Optional<String> model,
    Optional<Path> output,
    String goal,
    Passes passes,
    Method method,
    Evaluation evaluation,
    Optional<Path> report) {
  /**
   * The passes.
   *
   * @param types to quantize a GGUF model to; empty for the usual ones
   * @param schemes of {@link OnnxSchemes} for an ONNX model; empty for the usual ones
   * @param calibration examples for schemes that learn; empty for a few sentences
   * @param target where an ONNX model shall run; empty for this machine
   * @param importance file of an importance matrix
   * @param allowRequantize whether a quantized original may be quantized anew
   * @param mix parts that may have other types; empty for none
   * @param restore whether the blocks that were hurt most get their precision back while a limit of
   *     accuracy does not hold
   * @param leastSignal in dB, of the worst tensor after each pass: what is below is not measured
   */
  public record Passes(
      List<FileType> types,
      List<String> schemes,
      Optional<Path> calibration,
      Optional<OnnxTarget> target,
      Optional<Path> importance,
      boolean allowRequantize,
      Optional<Mix> mix,
      boolean restore,
      double leastSignal) {
    /** Noise as large as the weights themselves: a pass broke the tensor. */
    public static final double BROKEN = 0;

    public Passes {
      types = List.copyOf(types);
      schemes = List.copyOf(schemes);
    }
  }

  /**
   * Parts of a model that may have other types.
   *
   * @param parts a regular expression each
   */
  public record Mix(List<String> parts, List<DType> types) {
    /** Values, keys, the second matrix of feed-forward blocks, embeddings. */
    public static final Mix USUAL =
        new Mix(
            List.of("attn_v|attn_output", "attn_q|attn_k", "ffn_down", "token_embd|^output"),
            List.of(DType.Q4_0, DType.Q5_0, DType.Q8_0));

    public Mix {
      parts = List.copyOf(parts);
      types = List.copyOf(types);
    }
  }

  /** In which order recipes are tried. */
  public sealed interface Method {
    /** All of them. */
    record Exhaustive() implements Method {}

    /** By a tree-structured Parzen estimator. */
    record Tpe(int trials, long seed) implements Method {}
  }

  /**
   * How an artifact is measured.
   *
   * @param text a file; empty for the standard text
   * @param labels file of examples with right answers ({@link
   *     dev.gatun.quantize.validate.LabelledFile}); empty for none
   * @param window tokens of a window, at least 4
   * @param windows most windows; of an ONNX model, most examples
   * @param devices on which latency is measured; empty for the one that the policy chooses, {@code
   *     all} for each
   */
  public record Evaluation(
      Optional<Path> text,
      Optional<Path> labels,
      int window,
      int windows,
      Policy policy,
      List<String> devices) {
    public Evaluation {
      devices = List.copyOf(devices);
    }

    /** Where latency is measured. */
    public MeasuredDevices measured() {
      return new MeasuredDevices(policy, devices);
    }
  }

  public Workflow {
    Objects.requireNonNull(goal);
  }

  /** The recipes that it declares for a GGUF model. */
  public GgufSpace types() {
    GgufSpace types = GgufSpace.ofTypes(passes.types(), passes.importance().isPresent());
    return passes.mix().map(types::with).orElse(types);
  }

  /**
   * The recipes that it declares for an ONNX model.
   *
   * @param keepable nodes that may stay as they are, each for itself
   */
  public OnnxSpace schemes(List<String> keepable) {
    Map<String, OnnxScheme> all = OnnxSchemes.all(passes.target());
    Map<String, OnnxScheme> wanted = new LinkedHashMap<>();
    for (String name : passes.schemes().isEmpty() ? OnnxSchemes.USUAL : passes.schemes()) {
      wanted.put(name, all.get(name));
    }
    return new OnnxSpace(wanted, keepable);
  }

  /** The search that it declares. */
  public <R extends Recipe> Search<R> search(Space<R> space) {
    return switch (method) {
      case Method.Exhaustive _ -> new Search.Exhaustive<>(space);
      case Method.Tpe(int trials, long seed) ->
          new Search.Tpe<>(space, Objective.parse(goal), trials, seed);
    };
  }
}
