package dev.gatun.models.jinja;

import java.time.Clock;
import java.util.Map;

/** A parsed template. Immutable: any number of threads may render it at once. */
public final class JinjaTemplate {
  private final Frame body;

  private JinjaTemplate(Frame body) {
    this.body = body;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException the source is not a template of the supported subset
   */
  public static JinjaTemplate parse(String source) {
    return new JinjaTemplate(StatementParser.parse(source));
  }

  /**
   * Renders with the given variables.
   *
   * @param variables maps, lists, text, numbers, booleans and null
   * @param clock what {@code strftime_now} reads, in its zone
   * @throws JinjaException the template failed, refused or exceeded its limits
   * @throws IllegalArgumentException a variable is of another class
   */
  public String render(Map<String, ?> variables, Clock clock, Limits limits) {
    Scope given = new Scope(null);
    variables.forEach((name, value) -> given.set(name, Values.of(value)));
    Interpreter in = new Interpreter(new Budget(limits), clock, body.scope(given));
    try {
      body.exec(in);
    } catch (JinjaException e) {
      throw e.at(in.line());
    }
    return in.output();
  }
}
