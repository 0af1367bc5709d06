package dev.gatun.cli.validate;

import dev.gatun.cli.output.Units;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.models.eval.Divergence;
import dev.gatun.models.eval.Estimate;
import dev.gatun.models.eval.SortedSamples;
import dev.gatun.quantize.validate.DecoderReport;
import dev.gatun.quantize.validate.DecoderSide;
import dev.gatun.quantize.validate.DecoderSide.Edge;
import dev.gatun.quantize.validate.LayerErrors;
import dev.gatun.quantize.validate.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A comparison of two decoders, ready to be shown. */
public final class DecoderSections {
  private static final double[] PERCENTILES = {0.999, 0.99, 0.95, 0.9, 0.5, 0.1, 0.05, 0.01, 0.001};
  private static final int SHOWN = 10;

  private DecoderSections() {}

  /**
   * Makes the report.
   *
   * @param names of reference and candidate, as the user gave them
   */
  public static ValidationReport of(DecoderReport report, Limits limits, List<String> names) {
    List<Section> sections = new ArrayList<>();
    sections.add(predictions(report.divergence()));
    sections.add(spread(report.divergence()));
    report.task().ifPresent(task -> sections.add(TaskSections.table(task)));
    sections.add(sides(report));
    sections.add(edges(report));
    sections.add(WeightSections.table(report.weights(), SHOWN));
    WeightSections.differences(report.weights()).ifPresent(sections::add);
    if (!report.layers().isEmpty()) {
      sections.add(layers(report.layers()));
    }
    Map<String, String> plots = new LinkedHashMap<>();
    plots.put(
        "Divergence of the predictions",
        Plots.distribution("KL divergence of a token, nats", report.divergence().divergences()));
    plots.put("Signal to noise of the weights", WeightSections.plot(report.weights()));
    if (!report.layers().isEmpty()) {
      plots.put("Signal to noise of what the blocks give", layerPlot(report.layers()));
    }
    return new ValidationReport(
        names.getLast() + " against " + names.getFirst(),
        report.verdicts(limits),
        sections,
        plots,
        DecoderJson.members(report));
  }

  private static Section predictions(Divergence d) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("tokens scored", Long.toString(d.tokens())));
    rows.add(List.of("perplexity", with(d.perplexity(), 4)));
    rows.add(List.of("perplexity of the reference", with(d.reference(), 4)));
    rows.add(List.of("ratio of the perplexities", with(d.ratio(), 5)));
    rows.add(List.of("its logarithm", with(d.logRatio(), 5)));
    rows.add(List.of("difference of the perplexities", with(d.difference(), 4)));
    rows.add(List.of("correlation of the logarithms", Units.fixed(100 * d.correlation(), 2) + "%"));
    rows.add(List.of("mean KL divergence, nats", with(d.mean(), 6)));
    rows.add(List.of("same most likely token", percent(d.sameTop())));
    rows.add(List.of("mean change of the true token's probability", percent(d.meanChange())));
    rows.add(List.of("root mean square of that change", percent(d.rootMeanSquareChange())));
    return new Section("Predictions", List.of("figure", "value"), rows, rows.size());
  }

  private static Section spread(Divergence d) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "largest",
            Units.fixed(d.divergences().max(), 6),
            Units.fixed(100 * d.changes().max(), 3) + "%"));
    for (double p : PERCENTILES) {
      rows.add(
          List.of(
              p == 0.5 ? "median" : Units.fixed(100 * p, 1) + "%",
              Units.fixed(d.divergences().percentile(p), 6),
              Units.fixed(100 * d.changes().percentile(p), 3) + "%"));
    }
    rows.add(
        List.of(
            "smallest",
            Units.fixed(d.divergences().min(), 6),
            Units.fixed(100 * d.changes().min(), 3) + "%"));
    return new Section(
        "Percentiles", List.of("", "KL divergence", "change of probability"), rows, rows.size());
  }

  private static Section sides(DecoderReport report) {
    DecoderSide candidate = report.candidate();
    Optional<DecoderSide> reference = report.reference();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        row("size", reference.map(s -> Units.bytes(s.bytes())), Units.bytes(candidate.bytes())));
    rows.add(
        row(
            "device",
            reference.map(s -> String.join(", ", s.devices())),
            String.join(", ", candidate.devices())));
    if (report.exact()) {
      rows.add(row("arithmetic", reference.map(DecoderSections::choices), choices(candidate)));
    }
    rows.add(
        row(
            "tokens/s reading",
            reference.map(s -> Units.fixed(s.prefillRate(), 1)),
            Units.fixed(candidate.prefillRate(), 1)));
    rows.add(
        row(
            "tokens/s writing",
            reference.map(s -> Units.fixed(s.decodeRate(), 1)),
            Units.fixed(candidate.decodeRate(), 1)));
    rows.add(
        row("most memory of the process", reference.map(DecoderSections::peak), peak(candidate)));
    rows.add(
        row(
            "largest logit",
            reference.map(s -> Units.fixed(s.largest(), 2)),
            Units.fixed(candidate.largest(), 2)));
    rows.add(
        row(
            "outputs not finite",
            reference.map(s -> Long.toString(s.notFinite())),
            Long.toString(candidate.notFinite())));
    return new Section("Both", List.of("", "reference", "candidate"), rows, rows.size());
  }

  private static List<String> row(String name, Optional<String> reference, String candidate) {
    return List.of(name, reference.orElse("not run"), candidate);
  }

  private static String choices(DecoderSide side) {
    return side.choices().isEmpty()
        ? "the device's only one"
        : side.choices().entrySet().stream()
            .map(choice -> choice.getKey() + " " + choice.getValue())
            .collect(Collectors.joining(", "));
  }

  private static String peak(DecoderSide side) {
    return side.peakBytes().isPresent() ? Units.bytes(side.peakBytes().getAsLong()) : "unknown";
  }

  private static Section edges(DecoderReport report) {
    List<List<String>> rows = new ArrayList<>();
    List<Edge> edges = report.candidate().edges();
    for (int i = 0; i < edges.size(); i++) {
      Edge edge = edges.get(i);
      int at = i;
      Optional<Edge> other = report.reference().map(side -> side.edges().get(at));
      rows.add(
          List.of(
              edge.name(),
              Integer.toString(edge.tokens()),
              edge.tokens() == 0 ? "nothing to run" : edge.finite() ? "finite" : "NOT FINITE",
              other.map(o -> o.top() == edge.top() ? "the same" : "another").orElse("")));
    }
    return new Section(
        "Edges", List.of("text", "tokens", "outputs", "most likely token"), rows, rows.size());
  }

  private static Section layers(List<LayerErrors.Line> layers) {
    List<List<String>> rows = new ArrayList<>();
    layers.stream()
        .sorted(Comparator.comparingDouble(line -> line.agreement().snr()))
        .forEach(line -> {
          List<String> row = new ArrayList<>(List.of(Integer.toString(line.layer())));
          row.addAll(WeightSections.cells(line.agreement()));
          rows.add(row);
        });
    return new Section(
        "What the blocks give, worst first",
        List.of("block", "SNR dB", "largest error", "cosine"),
        rows,
        SHOWN);
  }

  private static String layerPlot(List<LayerErrors.Line> layers) {
    return Plots.dots(
        "blocks in order; up: dB",
        "dB",
        layers.stream()
            .map(line -> new Plots.Dot("block " + line.layer(), line.agreement().snr(), "d0"))
            .toList());
  }

  private static String with(Estimate estimate, int decimals) {
    return Units.fixed(estimate.value(), decimals)
        + " ± "
        + Units.fixed(estimate.error(), decimals);
  }

  private static String percent(Estimate estimate) {
    return with(new Estimate(100 * estimate.value(), 100 * estimate.error()), 3) + "%";
  }

  /** Percentiles that reports show. */
  static Map<String, Double> percentiles(SortedSamples samples) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("max", (double) samples.max());
    for (double p : PERCENTILES) {
      values.put(Units.fixed(100 * p, 1), samples.percentile(p));
    }
    values.put("min", (double) samples.min());
    return values;
  }
}
