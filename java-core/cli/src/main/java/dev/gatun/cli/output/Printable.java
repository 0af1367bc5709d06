package dev.gatun.cli.output;

/** Text of unknown origin, made safe for a terminal. */
public final class Printable {
  private Printable() {}

  /**
   * Replaces control characters other than line feeds and tabs, which a damaged or hostile file may
   * hold in its names, by their escapes.
   */
  public static String of(String text) {
    var safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c) && c != '\n' && c != '\t') {
            safe.append("\\x%02x".formatted(c));
          } else {
            safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }
}
