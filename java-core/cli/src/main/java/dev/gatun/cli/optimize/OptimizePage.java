package dev.gatun.cli.optimize;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.html.DeviceColours;
import dev.gatun.bench.report.html.LogAxis;
import dev.gatun.bench.report.html.PageFrame;
import dev.gatun.bench.report.html.Svg;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.optimize.Metric;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Trial;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A search as one self-contained page: what each recipe costs in size and in time. */
public final class OptimizePage {
  private OptimizePage() {}

  /**
   * Makes the page.
   *
   * @param goal as it was given
   * @param json the same for machines
   */
  public static String of(
      OptimizeResult result, String model, String goal, List<String> command, String json) {
    var page = new StringBuilder();
    PageFrame.open(page, "Gatun: " + model + " optimized", DeviceColours.palette());
    page.append("<header><h1>").append(escape(model)).append(" for ").append(escape(goal));
    page.append("</h1>\n<p>").append(escape(outcome(result))).append("</p>\n");
    page.append("<p class=\"command\"><code>").append(escape(String.join(" ", command)));
    page.append("</code></p>\n</header>\n");
    drawing(
        page, "Accuracy and size", "MiB", result, trial -> trial.measured().bytes() / 1048576.0);
    drawing(
        page, "Accuracy and time", "ms a token", result, trial -> trial.measured().seconds() * 1e3);
    page.append("<section>\n<h2>Trials</h2>\n<div class=\"scroll\"><table>\n<tr>");
    OptimizeText.header().forEach(cell -> page.append("<th>").append(escape(cell)).append("</th>"));
    page.append("</tr>\n");
    for (Trial trial : result.trials()) {
      page.append("<tr>");
      OptimizeText.cells(result, trial)
          .forEach(cell -> page.append("<td>").append(escape(cell)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append(
        "</table></div>\n<p>Accuracy: share of the text's tokens for which the first choice is ");
    page.append(
        "the original's. Pareto: no other trial is as accurate, as small and as fast.</p>\n");
    page.append("</section>\n");
    PageFrame.close(page, json);
    return page.toString();
  }

  private static String outcome(OptimizeResult result) {
    String recipe = result.chosen().map(trial -> trial.recipe().title()).orElse("nothing");
    String device = result.chosen().map(trial -> trial.measured().device()).orElse("");
    return (result.met()
            ? recipe + " keeps all limits"
            : "no trial keeps all limits; nearest: " + recipe)
        + (device.isEmpty() ? "" : ", measured on " + device);
  }

  private static void drawing(
      StringBuilder page,
      String title,
      String unit,
      OptimizeResult result,
      ToDoubleFunction<Trial> cost) {
    double least = result.trials().stream().mapToDouble(cost).min().orElse(1);
    double most = result.trials().stream().mapToDouble(cost).max().orElse(2);
    double worst =
        result.trials().stream()
            .mapToDouble(trial -> trial.measured().value(Metric.ACCURACY))
            .min()
            .orElse(0);
    double low = Math.floor(worst * 20) / 20;
    LogAxis x = LogAxis.over(least / 1.05, Math.max(most * 1.05, least * 1.2), Svg.LEFT, Svg.RIGHT);
    Svg svg = new Svg(title);
    for (double tick : x.ticks()) {
      svg.line("grid", x.place(tick), Svg.TOP, x.place(tick), Svg.BOTTOM);
      svg.label("middle", x.place(tick), Svg.BOTTOM + 16, Units.fixed(tick, tick < 10 ? 1 : 0));
    }
    for (int i = 0; i <= 4; i++) {
      double accuracy = low + (1 - low) * i / 4;
      double y = place(accuracy, low);
      svg.line("grid", Svg.LEFT, y, Svg.RIGHT, y);
      svg.label("end", Svg.LEFT - 6, y + 4, Units.fixed(accuracy, 3));
    }
    svg.label("middle", (Svg.LEFT + Svg.RIGHT) / 2.0, Svg.HEIGHT - 6, unit);
    for (Trial trial : result.trials()) {
      String style =
          result.chosen().filter(trial::equals).isPresent()
              ? "d1"
              : result.pareto(trial) ? "d0" : "d6";
      double value = cost.applyAsDouble(trial);
      String text =
          String.format(
              Locale.ROOT,
              "%s: accuracy %.4f, %.2f %s",
              trial.recipe().title(),
              trial.measured().accuracy(),
              value,
              unit);
      double y = place(trial.measured().accuracy(), low);
      svg.dot("dot " + style, x.place(value), y, text);
      svg.label("start", x.place(value) + 6, y - 6, trial.recipe().title());
    }
    page.append("<section>\n<h2>").append(escape(title)).append("</h2>\n");
    page.append(svg.end()).append("</section>\n");
  }

  private static double place(double accuracy, double low) {
    double range = Math.max(1 - low, 1e-9);
    return Svg.BOTTOM + (Svg.TOP - Svg.BOTTOM) * (accuracy - low) / range;
  }
}
