package dev.gatun.quantize.validate;

import dev.gatun.models.eval.Divergence;
import dev.gatun.quantize.validate.Limits.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decoder compared with a reference.
 *
 * @param exact whether arithmetic without rounded activations was asked for
 * @param reference empty when its predictions came from a file
 * @param divergence of the predictions
 * @param window tokens of a window
 * @param weights by tensor
 * @param task what both made of the labelled file, where there is one
 * @param layers by block; empty when they were not asked for
 */
public record DecoderReport(
    boolean exact,
    Optional<DecoderSide> reference,
    DecoderSide candidate,
    Divergence divergence,
    int window,
    WeightErrors weights,
    Optional<TaskReport> task,
    List<LayerErrors.Line> layers) {
  public DecoderReport {
    layers = List.copyOf(layers);
  }

  /** Each figure that has a limit. */
  public List<Verdict> verdicts(Limits limits) {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(limits.judge(Figure.DIVERGENCE, divergence.mean().value()));
    verdicts.add(limits.judge(Figure.PERPLEXITY_RATIO, divergence.ratio().value()));
    verdicts.add(limits.judge(Figure.SAME_TOP, divergence.sameTop().value()));
    long edges = candidate.edges().stream().filter(edge -> !edge.finite()).count();
    verdicts.add(limits.judge(Figure.NOT_FINITE, (double) (candidate.notFinite() + edges)));
    task.ifPresent(report -> verdicts.addAll(report.verdicts(limits)));
    return verdicts;
  }
}
