package dev.gatun.models.jinja;

import java.util.List;

/**
 * A macro as it is written, or the body of a call block.
 *
 * @param name null for a call block
 * @param takesCaller whether the body mentions {@code caller}; likewise the others
 */
record MacroDefinition(
    String name,
    List<Parameter> parameters,
    boolean takesCaller,
    boolean takesKeywords,
    boolean takesVarargs,
    Frame body) {

  /**
   * @param byDefault null where there is none
   */
  record Parameter(String name, Expr byDefault) {}

  boolean hasParameter(String wanted) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(wanted)) {
        return true;
      }
    }
    return false;
  }
}
