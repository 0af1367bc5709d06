package dev.gatun.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** Parses a template's statements. */
final class StatementParser {
  private final TokenStream in;
  private final ParserState state = new ParserState();
  private final ExpressionParser expressions;
  private final TargetParser targets;

  private StatementParser(TokenStream in) {
    this.in = in;
    this.expressions = new ExpressionParser(in, state);
    this.targets = new TargetParser(in, state);
  }

  static Frame parse(String source) {
    StatementParser parser = new StatementParser(new TokenStream(Lexer.tokens(source)));
    Frame template = new Frame(parser.statements(List.of()));
    if (!parser.state.unknownNames.isEmpty()) {
      throw parser.state.unknownNames.getFirst();
    }
    NameAnalysis.analyse(template);
    return template;
  }

  /** Statements up to one of the end tags, whose name becomes the current token. */
  private List<Stmt> statements(List<String> ends) {
    in.enter();
    List<Stmt> body = new ArrayList<>();
    while (true) {
      Token token = in.next();
      switch (token.kind()) {
        case EOF -> {
          if (!ends.isEmpty()) {
            throw in.fail("the template ends where one of " + ends + " is missing");
          }
          in.leave();
          return body;
        }
        case DATA -> body.add(new Stmt.Text(token.text()));
        case PRINT_BEGIN -> {
          body.add(new Stmt.Print(expressions.tuple(), token.line()));
          in.expect(Token.Kind.PRINT_END);
        }
        case BLOCK_BEGIN -> {
          if (in.at(Token.Kind.NAME) && ends.contains(in.current().text())) {
            in.leave();
            return body;
          }
          statement(body);
          in.expect(Token.Kind.BLOCK_END);
        }
        default -> throw in.fail("unexpected " + token.describe());
      }
    }
  }

  /** The statements between the rest of an opening tag and an end tag. */
  private List<Stmt> block(String... ends) {
    in.skipOperator(":");
    in.expect(Token.Kind.BLOCK_END);
    return statements(List.of(ends));
  }

  /** Like {@link #block}, in a scope of its own, where unknown filters are errors again. */
  private Frame frame(String... ends) {
    boolean outer = state.soft;
    state.soft = false;
    List<Stmt> body = block(ends);
    state.soft = outer;
    return new Frame(body);
  }

  private void statement(List<Stmt> body) {
    Token tag = in.expect(Token.Kind.NAME);
    int line = tag.line();
    switch (tag.text()) {
      case "if" -> body.add(ifStatement(line));
      case "for" -> body.add(forStatement(line));
      case "set" -> body.add(set(line));
      case "macro" -> body.add(macro(line));
      case "call" -> body.add(callBlock(line));
      case "filter" -> body.add(filterBlock(line));
      case "with" -> body.add(with(line));
      case "block" -> body.add(blockStatement(line));
      case "print" -> print(body, line);
      case "break" -> body.add(jump(Stmt.Flow.BREAK, tag));
      case "continue" -> body.add(jump(Stmt.Flow.CONTINUE, tag));
      // Marks the assistant's part for training; for rendering only its content counts.
      case "generation" -> {
        body.addAll(block("endgeneration"));
        in.next();
      }
      case "include", "import", "from", "extends" ->
          throw JinjaException.syntax(
              "'" + tag.text() + "' is not supported: a chat template stands alone", line);
      default -> throw JinjaException.syntax("unknown tag '" + tag.text() + "'", line);
    }
  }

  private Stmt ifStatement(int line) {
    boolean outer = state.soft;
    state.soft = true;
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    String end;
    do {
      Expr test = expressions.tupleWithoutConditional();
      branches.add(new Stmt.Branch(test, block("elif", "else", "endif")));
      end = in.next().text();
    } while (end.equals("elif"));
    if (end.equals("else")) {
      otherwise = block("endif");
      in.next();
    }
    state.soft = outer;
    return new Stmt.If(branches, otherwise, line);
  }

  private Stmt forStatement(int line) {
    state.enclosingLoops++;
    Target target = targets.target(false);
    in.expectName("in");
    Expr iterable = expressions.tupleWithoutConditional();
    boolean outer = state.soft;
    state.soft = false;
    Expr filter = in.skipName("if") ? expressions.expression() : null;
    state.soft = outer;
    boolean recursive = in.skipName("recursive");
    state.loops++;
    Frame body = frame("endfor", "else");
    state.loops--;
    Frame otherwise = new Frame(List.of());
    if (in.next().isName("else")) {
      otherwise = frame("endfor");
      in.next();
    }
    state.enclosingLoops--;
    return new For(target, iterable, filter, recursive, body, otherwise, line);
  }

  private Stmt set(int line) {
    Target target = targets.target(true);
    if (in.skipOperator("=")) {
      return new Stmt.Assign(target, expressions.tuple(), line);
    }
    boolean outer = state.soft;
    state.soft = false;
    List<FilterCall> filters = new ArrayList<>();
    while (in.skipOperator("|")) {
      filters.add(expressions.filter());
    }
    state.soft = outer;
    Frame body = frame("endset");
    in.next();
    return new Stmt.AssignBlock(target, filters, body, line);
  }

  private Stmt filterBlock(int line) {
    boolean outer = state.soft;
    state.soft = false;
    List<FilterCall> filters = new ArrayList<>();
    do {
      filters.add(expressions.filter());
    } while (in.skipOperator("|"));
    state.soft = outer;
    Frame body = frame("endfilter");
    in.next();
    return new Stmt.FilterBlock(filters, body, line);
  }

  private Stmt macro(int line) {
    String name = targets.name();
    List<MacroDefinition.Parameter> parameters = parameters();
    return new Stmt.DefineMacro(macroBody(name, parameters, "endmacro", line), line);
  }

  private Stmt callBlock(int line) {
    List<MacroDefinition.Parameter> parameters = List.of();
    if (in.atOperator("(")) {
      parameters = parameters();
    }
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw JinjaException.syntax("a call block needs a call, such as {% call name() %}", line);
    }
    return new Stmt.CallBlock(macroBody(null, parameters, "endcall", line), call, line);
  }

  private MacroDefinition macroBody(
      String name, List<MacroDefinition.Parameter> parameters, String end, int line) {
    ParserState.MacroBody mentions = new ParserState.MacroBody();
    int loops = state.loops;
    state.loops = 0;
    state.macros.add(mentions);
    Frame body = frame(end);
    in.next();
    state.macros.removeLast();
    state.loops = loops;
    MacroDefinition macro =
        new MacroDefinition(
            name,
            parameters,
            mentions.caller,
            mentions.keywords && !named(parameters, "kwargs"),
            mentions.varargs && !named(parameters, "varargs"),
            body);
    for (MacroDefinition.Parameter parameter : parameters) {
      if (mentions.caller && parameter.name().equals("caller") && parameter.byDefault() == null) {
        throw JinjaException.syntax("the parameter 'caller' of a macro needs a default", line);
      }
    }
    return macro;
  }

  private static boolean named(List<MacroDefinition.Parameter> parameters, String name) {
    for (MacroDefinition.Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private List<MacroDefinition.Parameter> parameters() {
    in.expectOperator("(");
    List<MacroDefinition.Parameter> parameters = new ArrayList<>();
    boolean defaults = false;
    boolean outer = state.soft;
    state.soft = false;
    while (!in.atOperator(")")) {
      if (!parameters.isEmpty()) {
        in.expectOperator(",");
      }
      String name = targets.name();
      if (named(parameters, name)) {
        throw in.fail("two parameters are called '" + name + "'");
      }
      Expr byDefault = in.skipOperator("=") ? expressions.expression() : null;
      if (byDefault == null && defaults) {
        throw in.fail("a parameter without default follows one with a default");
      }
      defaults |= byDefault != null;
      parameters.add(new MacroDefinition.Parameter(name, byDefault));
    }
    state.soft = outer;
    in.expectOperator(")");
    return parameters;
  }

  private Stmt with(int line) {
    List<Stmt.Binding> bindings = new ArrayList<>();
    while (!in.at(Token.Kind.BLOCK_END)) {
      if (!bindings.isEmpty()) {
        in.expectOperator(",");
      }
      Target target = targets.target(false);
      in.expectOperator("=");
      bindings.add(new Stmt.Binding(target, expressions.expression()));
    }
    Frame body = frame("endwith");
    in.next();
    return new Stmt.With(bindings, body, line);
  }

  private Stmt blockStatement(int line) {
    String name = in.expect(Token.Kind.NAME).text();
    if (!state.blocks.add(name)) {
      throw JinjaException.syntax("block '" + name + "' is defined twice", line);
    }
    boolean scoped = in.skipName("scoped");
    int loops = state.loops;
    state.loops = 0;
    Frame body = frame("endblock");
    in.next();
    state.loops = loops;
    in.skipName(name);
    return new Stmt.Block(scoped, body, line);
  }

  private void print(List<Stmt> body, int line) {
    boolean more = false;
    while (!in.at(Token.Kind.BLOCK_END)) {
      if (more) {
        in.expectOperator(",");
      }
      body.add(new Stmt.Print(expressions.expression(), line));
      more = true;
    }
  }

  private Stmt jump(Stmt.Flow flow, Token tag) {
    if (state.loops == 0) {
      throw JinjaException.syntax("'" + tag.text() + "' outside a loop", tag.line());
    }
    return new Stmt.Jump(flow);
  }
}
