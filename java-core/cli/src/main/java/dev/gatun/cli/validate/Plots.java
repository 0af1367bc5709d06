package dev.gatun.cli.validate;

import dev.gatun.bench.report.Markup;
import dev.gatun.bench.report.html.LogAxis;
import dev.gatun.bench.report.html.Svg;
import dev.gatun.models.eval.SortedSamples;
import java.util.List;
import java.util.Locale;

/** Drawings of a validation. */
final class Plots {
  static final int COLOURS = 7;
  private static final int POINTS = 200;
  private static final float LEAST = 1e-6f;

  private Plots() {}

  /**
   * A value with its name.
   *
   * @param style class of the shape's colour, {@code d0} to {@code d6}
   */
  record Dot(String name, double value, String style) {}

  /** Share of samples up to a value, which has a logarithmic axis. */
  static String distribution(String axis, SortedSamples samples) {
    if (!Float.isFinite(samples.max())) {
      // Something is not a number: the verdicts say so, and there is nothing to draw.
      return "";
    }
    double least = Math.max(LEAST, samples.min());
    LogAxis x = LogAxis.over(least, Math.max(2 * least, samples.max()), Svg.LEFT, Svg.RIGHT);
    Svg svg = new Svg("share of samples up to a value: " + axis);
    for (double tick : x.ticks()) {
      svg.column(x.place(tick), number(tick));
    }
    for (int percent = 0; percent <= 100; percent += 25) {
      double y = place(percent, 0, 100);
      svg.level(y, percent + " %");
    }
    svg.caption(axis);
    int count = Math.min(POINTS, samples.size());
    double[] points = new double[2 * count];
    for (int i = 0; i < count; i++) {
      int at = count == 1 ? 0 : (int) ((long) i * (samples.size() - 1) / (count - 1));
      points[2 * i] = x.place(Math.max(least, samples.get(at)));
      points[2 * i + 1] = place(100.0 * (at + 1) / samples.size(), 0, 100);
    }
    return svg.path("curve d0", points).end();
  }

  /** One dot per thing, in order; values go up. Infinite ones are left out. */
  static String dots(String axis, String unit, List<Dot> dots) {
    List<Dot> finite = dots.stream().filter(dot -> Double.isFinite(dot.value())).toList();
    if (finite.isEmpty()) {
      return "";
    }
    double least = finite.stream().mapToDouble(Dot::value).min().orElse(0);
    double most = finite.stream().mapToDouble(Dot::value).max().orElse(1);
    double step = step(most - least);
    double low = step * Math.floor(least / step);
    double high = Math.max(low + step, step * Math.ceil(most / step));
    Svg svg = new Svg(axis);
    for (double tick = low; tick <= high + step / 2; tick += step) {
      double y = place(tick, low, high);
      svg.level(y, number(tick));
    }
    svg.caption(axis);
    for (int i = 0; i < finite.size(); i++) {
      Dot dot = finite.get(i);
      double x = Svg.LEFT + (Svg.RIGHT - Svg.LEFT) * (i + 0.5) / finite.size();
      String title = String.format(Locale.ROOT, "%s: %.2f %s", dot.name(), dot.value(), unit);
      svg.dot("dot " + dot.style(), x, place(dot.value(), low, high), title);
    }
    return svg.end();
  }

  /** Names of the colours {@code d0}, {@code d1} and so on. */
  static String legend(List<?> names) {
    var list = new StringBuilder("<ul class=\"legend\">\n");
    for (int i = 0; i < names.size(); i++) {
      String name = Markup.escape(names.get(i).toString());
      list.append("<li class=\"d%d\">%s</li>\n".formatted(i % COLOURS, name));
    }
    return list.append("</ul>\n").toString();
  }

  private static double step(double range) {
    double rough = Math.max(range, 1e-9) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  private static double place(double value, double low, double high) {
    return Svg.BOTTOM + (Svg.TOP - Svg.BOTTOM) * (value - low) / (high - low);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.3g", value);
    if (text.contains("e")) {
      return text.replaceAll("\\.?0+e", "e");
    }
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
