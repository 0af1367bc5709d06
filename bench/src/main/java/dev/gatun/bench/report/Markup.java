package dev.gatun.bench.report;

/** Text that becomes part of XML or HTML. */
public final class Markup {
  private Markup() {}

  /** Escapes text for content and attributes; what XML 1.0 cannot hold becomes a question mark. */
  public static String escape(String text) {
    var escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case '\n', '\r', '\t' -> escaped.append("&#").append(c).append(';');
            default -> {
              boolean valid = c >= ' ' && c != 0xFFFE && c != 0xFFFF && (c < 0xD800 || c > 0xDFFF);
              escaped.appendCodePoint(valid ? c : '?');
            }
          }
        });
    return escaped.toString();
  }
}
