package dev.gatun.models.jinja;

/** Why a template could not be parsed or rendered; the line is 0 where none is known. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** The source is not a template of the supported subset. */
    SYNTAX,
    /** The template asked for something its values cannot do. */
    RUNTIME,
    /** The template itself refused the conversation with {@code raise_exception}. */
    RAISED,
    /** The template used more steps, characters or nesting than its limits allow. */
    LIMIT
  }

  private final Kind kind;
  private final int line;

  private JinjaException(Kind kind, String message, int line, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.line = line;
  }

  static JinjaException syntax(String message, int line) {
    return new JinjaException(Kind.SYNTAX, message, line, null);
  }

  static JinjaException runtime(String message) {
    return new JinjaException(Kind.RUNTIME, message, 0, null);
  }

  static JinjaException raised(String message) {
    return new JinjaException(Kind.RAISED, message, 0, null);
  }

  static JinjaException limit(String message) {
    return new JinjaException(Kind.LIMIT, message, 0, null);
  }

  /** The same failure with its line, unless it has one. */
  JinjaException at(int where) {
    return line > 0 ? this : new JinjaException(kind, getMessage(), where, this);
  }

  public Kind kind() {
    return kind;
  }

  /** Line of the template source, from 1; 0 when unknown. */
  public int line() {
    return line;
  }
}
