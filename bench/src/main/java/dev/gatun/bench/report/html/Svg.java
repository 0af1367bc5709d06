package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import java.util.Locale;

/** A drawing of fixed proportions that takes the width it gets. Not thread-safe. */
public final class Svg {
  public static final int WIDTH = 640;
  public static final int HEIGHT = 300;

  /** Room for labels as large as they are on a phone. */
  public static final int LEFT = 80;

  public static final int RIGHT = WIDTH - 12;

  public static final int TOP = 20;
  public static final int BOTTOM = HEIGHT - 54;

  private static final int BELOW_AXIS = 22;
  private static final int BEFORE_AXIS = 8;
  private static final int HALF_LETTER = 5;
  private static final int UNDER_LETTERS = 8;

  private final StringBuilder text = new StringBuilder();

  /** An empty drawing; the description is for those who do not see it. */
  public Svg(String description) {
    text.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, escape(description)));
  }

  /** A straight line. */
  public Svg line(String style, double x1, double y1, double x2, double y2) {
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
  public Svg path(String style, double... points) {
    text.append("<polyline class=\"%s\" points=\"".formatted(style));
    for (int i = 0; i < points.length; i += 2) {
      text.append(String.format(Locale.ROOT, "%.1f,%.1f ", points[i], points[i + 1]));
    }
    text.append("\"/>\n");
    return this;
  }

  /** A dot that tells what it is when pointed at. */
  public Svg dot(String style, double x, double y, String title) {
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
   * Words at a place.
   *
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  public Svg label(String anchor, double x, double y, String words) {
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

  /** A line across the grid at a place of the horizontal axis, and its value below. */
  public Svg column(double x, String value) {
    return line("grid", x, TOP, x, BOTTOM).label("middle", x, BOTTOM + BELOW_AXIS, value);
  }

  /** A line along the grid at a place of the vertical axis, and its value before it. */
  public Svg level(double y, String value) {
    return line("grid", LEFT, y, RIGHT, y).label("end", LEFT - BEFORE_AXIS, y + HALF_LETTER, value);
  }

  /** What the axes are, below them. */
  public Svg caption(String words) {
    return label("middle", (LEFT + RIGHT) / 2.0, HEIGHT - UNDER_LETTERS, words);
  }

  /** The whole drawing. */
  public String end() {
    return text.append("</svg>\n").toString();
  }
}
