package dev.gatun.quantize.optimize;

import dev.gatun.quantize.mix.FileType;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.DType;
import java.nio.file.Path;
import java.util.List;
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
   * @param types to quantize to; empty for the usual ones
   * @param importance file of an importance matrix
   * @param allowRequantize whether a quantized original may be quantized anew
   * @param mix parts that may have other types; empty for none
   * @param restore whether the blocks that were hurt most get their precision back while a limit of
   *     accuracy does not hold
   * @param leastSignal in dB, of the worst tensor after each pass: what is below is not measured
   */
  public record Passes(
      List<FileType> types,
      Optional<Path> importance,
      boolean allowRequantize,
      Optional<Mix> mix,
      boolean restore,
      double leastSignal) {
    /** Noise as large as the weights themselves: a pass broke the tensor. */
    public static final double BROKEN = 0;

    public Passes {
      types = List.copyOf(types);
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
   * @param window tokens of a window, at least 4
   * @param windows most windows
   */
  public record Evaluation(Optional<Path> text, int window, int windows, Policy policy) {}

  public Workflow {
    Objects.requireNonNull(goal);
  }

  /** The search that it declares. */
  public Search search() {
    boolean weighted = passes.importance().isPresent();
    SearchSpace types = SearchSpace.ofTypes(passes.types(), weighted);
    SearchSpace space = passes.mix().map(types::with).orElse(types);
    return switch (method) {
      case Method.Exhaustive _ -> new Search.Exhaustive(space);
      case Method.Tpe(int trials, long seed) ->
          new Search.Tpe(space, Objective.parse(goal), trials, seed);
    };
  }
}
