package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import java.util.Locale;

/** A drawing of fixed proportions that takes the width it gets. Not thread-safe. */
final class Svg {
  static final int WIDTH = 640;
  static final int HEIGHT = 300;
  static final int LEFT = 56;
  static final int RIGHT = WIDTH - 12;
  static final int TOP = 12;
  static final int BOTTOM = HEIGHT - 40;

  private final StringBuilder text = new StringBuilder();

  Svg(String description) {
    text.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, escape(description)));
  }

  Svg line(String style, double x1, double y1, double x2, double y2) {
    text.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            style,
            x1,
            y1,
            x2,
            y2));
    return this;
  }

  /** A path through points, {@code x,y} after each other. */
  Svg path(String style, double... points) {
    text.append("<polyline class=\"%s\" points=\"".formatted(style));
    for (int i = 0; i < points.length; i += 2) {
      text.append(String.format(Locale.ROOT, "%.1f,%.1f ", points[i], points[i + 1]));
    }
    text.append("\"/>\n");
    return this;
  }

  /** A dot that tells what it is when pointed at. */
  Svg dot(String style, double x, double y, String title) {
    text.append(
        String.format(
            Locale.ROOT,
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"><title>%s</title></circle>\n",
            style,
            x,
            y,
            escape(title)));
    return this;
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  Svg label(String anchor, double x, double y, String words) {
    text.append(
        String.format(
            Locale.ROOT,
            "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
            anchor,
            x,
            y,
            escape(words)));
    return this;
  }

  String end() {
    return text.append("</svg>\n").toString();
  }
}
