package dev.gatun.bench.report.html;

import static dev.gatun.bench.report.Markup.escape;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What every page begins and ends with, so that all reports look alike. Not thread-safe. */
public final class PageFrame {
  private static final String STYLE = "page.css";

  private PageFrame() {}

  /**
   * Begins a page, up to its content.
   *
   * @param css rules beside those that all pages share
   */
  public static void open(StringBuilder page, String title, String css) {
    page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.append("<title>").append(escape(title)).append("</title>\n");
    // An icon that is empty: browsers would ask for one.
    page.append("<link rel=\"icon\" href=\"data:,\">\n");
    page.append("<style>\n").append(resource(STYLE)).append(css).append("</style>\n");
    page.append("</head>\n<body>\n<main>\n");
  }

  /**
   * Ends a page.
   *
   * @param json the report for machines, which the page carries
   */
  public static void close(StringBuilder page, String json) {
    page.append("</main>\n<script type=\"application/json\" id=\"report\">\n");
    page.append(json.replace("<", "\\u003c"));
    page.append("\n</script>\n</body>\n</html>\n");
  }

  /** One line of a list of facts ({@code dl}). */
  public static void fact(StringBuilder page, String name, String value) {
    page.append("<dt>").append(escape(name)).append("</dt><dd>").append(escape(value));
    page.append("</dd>\n");
  }

  private static String resource(String name) {
    try (InputStream in = PageFrame.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the resource " + name + " of this module is damaged", e);
    }
  }
}
