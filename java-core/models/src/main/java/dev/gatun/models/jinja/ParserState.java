package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the parsers know about the place they are at. */
final class ParserState {
  /** Names that a macro receives only if its body mentions them. */
  static final class MacroBody {
    boolean caller;
    boolean keywords;
    boolean varargs;
  }

  /**
   * Directly inside an {@code if} statement or a conditional expression an unknown filter or test
   * is an error only when it is reached, as in jinja2; elsewhere it is one at once.
   */
  boolean soft;

  final List<JinjaException> unknownNames = new ArrayList<>();

  /** Loops that {@code break} may leave: those of the same macro. */
  int loops;

  /** All enclosing loops. */
  int enclosingLoops;

  final List<MacroBody> macros = new ArrayList<>();
  final Set<String> blocks = new HashSet<>();

  /** A macro body counts what nested ones mention, too. */
  void mention(String name) {
    for (MacroBody macro : macros) {
      switch (name) {
        case "caller" -> macro.caller = true;
        case "kwargs" -> macro.keywords = true;
        case "varargs" -> macro.varargs = true;
        default -> {
          return;
        }
      }
    }
  }

  void unknownName(String message, int line) {
    if (!soft) {
      unknownNames.add(JinjaException.syntax(message, line));
    }
  }

  /** What was parsed since proved to be part of a conditional expression. */
  void forgetUnknownNames(int kept) {
    unknownNames.subList(kept, unknownNames.size()).clear();
  }
}
