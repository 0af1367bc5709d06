package dev.gatun.models.jinja;

/**
 * Text. {@code markup} marks what the filters {@code safe} and {@code escape} return: markupsafe's
 * {@code Markup}, which HTML-escapes what is added to it. Some published templates depend on that,
 * probably unknowingly.
 *
 * <p>Some templates build the whole prompt by adding to one variable again and again. A text made
 * by {@link #plus} therefore shares its characters with the text that it extends, so that such a
 * loop takes linear time and space.
 */
final class Str implements Value {
  static final Str EMPTY = new Str("", false);

  /** Below this length copying is cheaper than sharing. */
  private static final int SHARED = 256;

  private final boolean markup;

  /** Null while only the buffer has it. */
  private String text;

  /** The first {@link #length} characters are this text; null where it was never shared. */
  private final StringBuilder buffer;

  private final int length;

  /** Pays for the copy when the shared text is asked for; null where it is not shared. */
  private final Budget budget;

  Str(String text, boolean markup) {
    this.text = text;
    this.markup = markup;
    this.buffer = null;
    this.length = text.length();
    this.budget = null;
  }

  private Str(StringBuilder buffer, Budget budget) {
    this.markup = false;
    this.buffer = buffer;
    this.length = buffer.length();
    this.budget = budget;
  }

  static Str of(String text) {
    return text.isEmpty() ? EMPTY : new Str(text, false);
  }

  String text() {
    if (text == null) {
      budget.chars(length);
      text = buffer.substring(0, length);
    }
    return text;
  }

  boolean isEmpty() {
    return length == 0;
  }

  boolean markup() {
    return markup;
  }

  /** Other text of the same kind. */
  Str with(String other) {
    return new Str(other, markup);
  }

  /** This text and another one behind it, neither being markup. */
  Str plus(String more, Budget payer) {
    long total = (long) length + more.length();
    if (more.isEmpty()) {
      return this;
    }
    if (buffer != null && buffer.length() == length && total <= Integer.MAX_VALUE / 4) {
      payer.chars(more.length());
      buffer.append(more);
      return new Str(buffer, payer);
    }
    payer.chars(total);
    if (total < SHARED) {
      return new Str(text().concat(more), false);
    }
    StringBuilder shared = new StringBuilder((int) total);
    return new Str(shared.append(text()).append(more), payer);
  }

  @Override
  public String typeName() {
    return markup ? "Markup" : "str";
  }
}
