package dev.gatun.models.jinja;

/**
 * Text. {@code markup} marks what the filters {@code safe} and {@code escape} return: markupsafe's
 * {@code Markup}, which HTML-escapes what is added to it. Some published templates depend on that,
 * probably unknowingly.
 */
record Str(String text, boolean markup) implements Value {
  static final Str EMPTY = new Str("", false);

  static Str of(String text) {
    return text.isEmpty() ? EMPTY : new Str(text, false);
  }

  /** Other text of the same kind. */
  Str with(String other) {
    return new Str(other, markup);
  }

  @Override
  public String typeName() {
    return markup ? "Markup" : "str";
  }
}
