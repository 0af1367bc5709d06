package dev.gatun.cli.optimize;

import static dev.gatun.bench.report.Markup.escape;

import dev.gatun.bench.report.html.DeviceColours;
import dev.gatun.bench.report.html.PageFrame;
import dev.gatun.bench.report.html.Svg;
import dev.gatun.cli.output.Units;
import dev.gatun.quantize.optimize.Metric;
import dev.gatun.quantize.optimize.OptimizeResult;
import dev.gatun.quantize.optimize.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A search as one self-contained page: what each recipe costs in size and in time. */
public final class OptimizePage {
  private static final int TICKS = 4;

  private OptimizePage() {}

  /**
   * Makes the page.
   *
   * @param goal as it was given
   * @param json the same for machines
   */
  public static String of(
      OptimizeResult<?> result, String model, String goal, List<String> command, String json) {
    var page = new StringBuilder();
    PageFrame.open(page, "Gatun: " + model + " optimized", DeviceColours.palette());
    page.append("<header><h1>").append(escape(model)).append(" for ").append(escape(goal));
    page.append("</h1>\n<p>").append(escape(outcome(result))).append("</p>\n");
    page.append("<p class=\"command\"><code>").append(escape(String.join(" ", command)));
    page.append("</code></p>\n</header>\n");
    drawing(
        page, "Accuracy and size", "MiB", result, trial -> trial.measured().bytes() / 1048576.0);
    drawing(
        page,
        "Accuracy and time",
        "ms a " + result.wording().run().toLowerCase(Locale.ROOT),
        result,
        trial -> trial.measured().seconds() * 1e3);
    page.append("<section>\n<h2>Trials</h2>\n<div class=\"scroll\"><table>\n<tr>");
    OptimizeText.header(result)
        .forEach(cell -> page.append("<th>").append(escape(cell)).append("</th>"));
    page.append("</tr>\n");
    for (Trial<?> trial : result.trials()) {
      page.append("<tr>");
      OptimizeText.cells(result, trial)
          .forEach(cell -> page.append("<td>").append(escape(cell)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</table></div>\n<p>Accuracy: ").append(escape(result.wording().accuracy()));
    page.append(". Pareto: no other trial is as accurate, as small and as fast.</p>\n");
    page.append("</section>\n");
    PageFrame.close(page, json);
    return page.toString();
  }

  private static String outcome(OptimizeResult<?> result) {
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
      OptimizeResult<?> result,
      ToDoubleFunction<Trial<?>> cost) {
    double least = result.trials().stream().mapToDouble(cost).min().orElse(1);
    double most = result.trials().stream().mapToDouble(cost).max().orElse(2);
    double worst =
        result.trials().stream()
            .mapToDouble(trial -> trial.measured().value(Metric.ACCURACY))
            .min()
            .orElse(0);
    double low = Math.floor(worst * 20) / 20;
    double margin = Math.max(0.05 * (most - least), 1e-3 * most);
    double from = least - margin;
    double range = most - least + 2 * margin;
    Svg svg = new Svg(title);
    for (int i = 0; i <= TICKS; i++) {
      double x = Svg.LEFT + (double) (Svg.RIGHT - Svg.LEFT) * i / TICKS;
      svg.column(x, Units.fixed(from + range * i / TICKS, 1));
      double accuracy = low + (1 - low) * i / TICKS;
      double y = place(accuracy, low);
      svg.level(y, Units.fixed(accuracy, 3));
    }
    svg.caption(unit);
    List<Trial<?>> order = new ArrayList<>(result.trials());
    // The chosen one last, so that no other lies over it.
    order.sort(Comparator.comparing(trial -> result.chosen().filter(trial::equals).isPresent()));
    var labels = new Labels();
    for (Trial<?> trial : order.reversed()) {
      double x = Svg.LEFT + (Svg.RIGHT - Svg.LEFT) * (cost.applyAsDouble(trial) - from) / range;
      double y = place(trial.measured().accuracy(), low);
      if (result.pareto(trial) && labels.fits(x, y)) {
        svg.label(x > 0.8 * Svg.RIGHT ? "end" : "start", x, y - 8, trial.recipe().title());
      }
    }
    for (Trial<?> trial : order) {
      double value = cost.applyAsDouble(trial);
      String text =
          String.format(
              Locale.ROOT,
              "%s: accuracy %.4f, %.2f %s",
              trial.recipe().title(),
              trial.measured().accuracy(),
              value,
              unit);
      double x = Svg.LEFT + (Svg.RIGHT - Svg.LEFT) * (value - from) / range;
      svg.dot("dot " + style(result, trial), x, place(trial.measured().accuracy(), low), text);
    }
    page.append("<section>\n<h2>").append(escape(title)).append("</h2>\n");
    page.append(svg.end()).append("</section>\n");
  }

  private static double place(double accuracy, double low) {
    double range = Math.max(1 - low, 1e-9);
    return Svg.BOTTOM + (Svg.TOP - Svg.BOTTOM) * (accuracy - low) / range;
  }

  private static String style(OptimizeResult<?> result, Trial<?> trial) {
    if (result.chosen().filter(trial::equals).isPresent()) {
      return "d1";
    }
    return result.pareto(trial) ? "d0" : "d6";
  }

  /** Where text stands already. */
  private static final class Labels {
    private static final double WIDTH = 90;
    private static final double HEIGHT = 14;

    private final List<double[]> places = new ArrayList<>();

    boolean fits(double x, double y) {
      boolean free =
          places.stream()
              .noneMatch(
                  other -> Math.abs(other[0] - x) < WIDTH && Math.abs(other[1] - y) < HEIGHT);
      if (free) {
        places.add(new double[] {x, y});
      }
      return free;
    }
  }
}
