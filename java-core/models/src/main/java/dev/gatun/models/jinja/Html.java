package dev.gatun.models.jinja;

/** Escaping as markupsafe does it. */
final class Html {
  private Html() {}

  /** The text as it joins marked-up text: escaped, unless it is marked up itself. */
  static String escaped(Str value, Budget budget) {
    return value.markup() ? value.text() : escape(value.text(), budget);
  }

  static String escape(String text, Budget budget) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    budget.chars(out.length());
    return out.toString();
  }
}
