package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** Parses what values are assigned to. */
final class TargetParser {
  private final TokenStream in;
  private final ParserState state;

  TargetParser(TokenStream in, ParserState state) {
    this.in = in;
    this.state = state;
  }

  /** A name, a tuple of targets or, where allowed, an attribute of a namespace. */
  Target target(boolean namespaces) {
    in.enter();
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    while (true) {
      if (!targets.isEmpty()) {
        in.expectOperator(",");
      }
      if (in.atTupleEnd()) {
        break;
      }
      targets.add(single(namespaces));
      if (!in.atOperator(",")) {
        break;
      }
      comma = true;
    }
    in.leave();
    if (targets.isEmpty()) {
      throw in.unexpected("a name to assign to");
    }
    return comma ? new Target.Unpacked(targets) : targets.getFirst();
  }

  private Target single(boolean namespaces) {
    if (in.skipOperator("(")) {
      Target inner = target(false);
      in.expectOperator(")");
      return inner;
    }
    String name = name();
    if (namespaces && in.skipOperator(".")) {
      return new Target.Attribute(name, in.expect(Token.Kind.NAME).text());
    }
    if (name.equals("loop") && state.enclosingLoops > 0) {
      throw in.fail("'loop' cannot be assigned to inside a loop");
    }
    return new Target.Variable(name);
  }

  /** A name that may be assigned to. */
  String name() {
    Token token = in.expect(Token.Kind.NAME);
    return switch (token.text()) {
      case "true", "True", "false", "False", "none", "None" ->
          throw JinjaException.syntax("cannot assign to " + token.text(), token.line());
      default -> token.text();
    };
  }
}
