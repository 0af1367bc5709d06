package dev.gatun.quantize.optimize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of YAML 1.2 that workflows are written in: mappings and sequences by indentation or in
 * brackets, plain and quoted scalars of one line (core schema), comments. What else YAML has
 * (anchors, tags, block scalars, several documents, scalars over lines) is refused by line.
 */
final class YamlText {
  /** Deepest nesting; a workflow needs four levels. */
  private static final int DEEPEST = 32;

  /**
   * A line that says something.
   *
   * @param indent column of its first character
   * @param text without indentation and comment
   */
  private record Line(int number, int indent, String text) {}

  /** What is wrong, with its line. */
  static final class WrongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongException(int line, String what) {
      super("line %d: %s".formatted(line, what));
    }
  }

  private final List<Line> lines;
  private int at;

  private YamlText(List<Line> lines) {
    this.lines = lines;
  }

  /**
   * Reads a document.
   *
   * @throws WrongException naming the line of what is not YAML, or not of this part of it
   */
  static JsonNode read(String text) {
    YamlText yaml = new YamlText(lines(text));
    if (yaml.lines.isEmpty()) {
      return JsonNodeFactory.instance.nullNode();
    }
    JsonNode root = yaml.block(yaml.lines.getFirst().indent(), 0);
    if (yaml.at < yaml.lines.size()) {
      throw new WrongException(yaml.here().number(), "it is indented like nothing above it");
    }
    return root;
  }

  private static List<Line> lines(String text) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = (number == 1 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw);
      int indent = 0;
      while (indent < line.length() && line.charAt(indent) == ' ') {
        indent++;
      }
      String rest = withoutComment(line.substring(indent));
      if (rest.isEmpty() || (rest.equals("---") && indent == 0 && lines.isEmpty())) {
        continue;
      }
      if (rest.startsWith("\t")) {
        throw new WrongException(number, "it is indented by a tab; YAML takes spaces");
      }
      if (indent == 0 && (rest.startsWith("---") || rest.equals("...") || rest.startsWith("%"))) {
        throw new WrongException(
            number, "a workflow is one document without directives: '%s'".formatted(rest));
      }
      lines.add(new Line(number, indent, rest));
    }
    return lines;
  }

  /** A comment begins with # at the start or after a space, outside quotes. */
  private static String withoutComment(String text) {
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote == '"') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if ((c == '"' || c == '\'') && opens(text, i)) {
        quote = c;
      } else if (c == '#' && (i == 0 || Character.isWhitespace(text.charAt(i - 1)))) {
        return text.substring(0, i).strip();
      }
    }
    return text.stripTrailing();
  }

  /** Whether a quote stands where a scalar begins: within one it is a character like others. */
  private static boolean opens(String text, int at) {
    int before = at - 1;
    while (before >= 0 && text.charAt(before) == ' ') {
      before--;
    }
    return before < 0
        || "[{,".indexOf(text.charAt(before)) >= 0
        || (before < at - 1 && ":-".indexOf(text.charAt(before)) >= 0);
  }

  private Line here() {
    return lines.get(at);
  }

  private boolean isItem() {
    return at < lines.size() && isItem(here().text());
  }

  private static boolean isItem(String text) {
    return text.equals("-") || text.startsWith("- ");
  }

  private JsonNode block(int indent, int depth) {
    if (depth > DEEPEST) {
      throw new WrongException(here().number(), "it is nested too deeply");
    }
    if (isItem()) {
      return sequence(indent, depth);
    }
    return colon(here().text()) >= 0 ? mapping(indent, depth) : value(here().text(), indent, depth);
  }

  private ArrayNode sequence(int indent, int depth) {
    ArrayNode items = JsonNodeFactory.instance.arrayNode();
    while (isItem() && here().indent() == indent) {
      Line line = here();
      String rest = line.text().substring(1).stripLeading();
      if (!rest.isEmpty() && (isItem(rest) || colon(rest) >= 0)) {
        int inner = indent + line.text().length() - rest.length();
        lines.set(at, new Line(line.number(), inner, rest));
        items.add(block(inner, depth + 1));
      } else {
        items.add(value(rest, indent, depth));
      }
    }
    return items;
  }

  private ObjectNode mapping(int indent, int depth) {
    ObjectNode members = JsonNodeFactory.instance.objectNode();
    while (at < lines.size() && here().indent() == indent && !isItem()) {
      Line line = here();
      int colon = colon(line.text());
      if (colon < 0) {
        throw new WrongException(
            line.number(), "'%s' is no key with a colon".formatted(line.text()));
      }
      String key = new Flow(line.text().substring(0, colon).strip(), line.number()).key();
      if (members.has(key)) {
        throw new WrongException(line.number(), "'%s' is there twice".formatted(key));
      }
      members.set(key, value(line.text().substring(colon + 1).strip(), indent, depth));
    }
    return members;
  }

  /** What stands behind a colon or a dash of the current line, or below it. */
  private JsonNode value(String text, int indent, int depth) {
    Line line = here();
    at++;
    if (text.isEmpty()) {
      boolean deeper = at < lines.size() && here().indent() > indent;
      boolean list = !isItem(line.text()) && isItem() && here().indent() == indent;
      return deeper || list
          ? block(here().indent(), depth + 1)
          : JsonNodeFactory.instance.nullNode();
    }
    StringBuilder whole = new StringBuilder(text);
    while ((text.startsWith("[") || text.startsWith("{"))
        && at < lines.size()
        && here().indent() > indent) {
      whole.append(' ').append(here().text());
      at++;
    }
    if (at < lines.size() && here().indent() > indent) {
      throw new WrongException(
          here().number(), "it is indented deeper than a line above that has a value already");
    }
    return new Flow(whole.toString(), line.number()).all();
  }

  /**
   * Where a key ends: a colon before a space or the end, outside quotes and brackets; -1 if none.
   */
  private static int colon(String text) {
    if (text.startsWith("[") || text.startsWith("{")) {
      return -1;
    }
    int from = 0;
    if (text.startsWith("\"") || text.startsWith("'")) {
      char quote = text.charAt(0);
      from = 1;
      while (from < text.length() && text.charAt(from) != quote) {
        from += text.charAt(from) == '\\' && quote == '"' ? 2 : 1;
      }
    }
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == ':' && (i + 1 == text.length() || text.charAt(i + 1) == ' ')) {
        return i;
      }
    }
    return -1;
  }

  /** What stands in one place: a scalar, or brackets. */
  private static final class Flow {
    private final String text;
    private final int line;
    private int at;

    Flow(String text, int line) {
      this.text = text;
      this.line = line;
    }

    JsonNode all() {
      JsonNode value = value(false, 0);
      spaces();
      if (at < text.length()) {
        throw wrong("'%s' follows a value".formatted(text.substring(at)));
      }
      return value;
    }

    String key() {
      JsonNode key = all();
      if (key.isContainerNode() || key.isNull()) {
        throw wrong("'%s' is no key".formatted(text));
      }
      return key.asText();
    }

    private JsonNode value(boolean within, int depth) {
      spaces();
      if (depth > DEEPEST) {
        throw wrong("it is nested too deeply");
      }
      char c = at < text.length() ? text.charAt(at) : 0;
      return switch (c) {
        case '[' -> array(depth);
        case '{' -> object(depth);
        case '"' -> JsonNodeFactory.instance.textNode(escaped());
        case '\'' -> JsonNodeFactory.instance.textNode(quoted());
        case '&', '*', '!', '|', '>', '%', '@', '`' ->
            throw wrong(
                "'%s': anchors, tags and block scalars are not read; quote a text that begins so"
                    .formatted(text.substring(at)));
        default -> plain(within);
      };
    }

    private ArrayNode array(int depth) {
      ArrayNode items = JsonNodeFactory.instance.arrayNode();
      at++;
      while (!closes(']')) {
        items.add(value(true, depth + 1));
        comma(']');
      }
      return items;
    }

    private ObjectNode object(int depth) {
      ObjectNode members = JsonNodeFactory.instance.objectNode();
      at++;
      while (!closes('}')) {
        String key = value(true, depth + 1).asText();
        spaces();
        if (at >= text.length() || text.charAt(at) != ':') {
          throw wrong("'%s' has no colon behind it".formatted(key));
        }
        at++;
        if (members.has(key)) {
          throw wrong("'%s' is there twice".formatted(key));
        }
        members.set(key, value(true, depth + 1));
        comma('}');
      }
      return members;
    }

    private boolean closes(char bracket) {
      spaces();
      if (at >= text.length()) {
        throw wrong("'%s' is missing".formatted(bracket));
      }
      if (text.charAt(at) != bracket) {
        return false;
      }
      at++;
      return true;
    }

    private void comma(char bracket) {
      spaces();
      if (at < text.length() && text.charAt(at) == ',') {
        at++;
      } else if (at >= text.length() || text.charAt(at) != bracket) {
        throw wrong("a comma or '%s' is missing in %s".formatted(bracket, text));
      }
    }

    private void spaces() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }

    private String quoted() {
      StringBuilder result = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '\'') {
          at++;
          if (at >= text.length() || text.charAt(at) != '\'') {
            return result.toString();
          }
        }
        result.append(c);
      }
      throw wrong("a quote is not closed");
    }

    private String escaped() {
      StringBuilder result = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return result.toString();
        }
        if (c != '\\') {
          result.append(c);
          continue;
        }
        at++;
        char escape = at < text.length() ? text.charAt(at) : 0;
        switch (escape) {
          case '"', '\\', '/', ' ' -> result.append(escape);
          case 'n' -> result.append('\n');
          case 't' -> result.append('\t');
          case 'r' -> result.append('\r');
          case 'x' -> result.append(code(2));
          case 'u' -> result.append(code(4));
          default -> throw wrong("the escape '\\%s' is not read".formatted(escape));
        }
      }
      throw wrong("a quote is not closed");
    }

    private char code(int digits) {
      int end = at + 1 + digits;
      if (end > text.length() || !text.substring(at + 1, end).matches("[0-9a-fA-F]+")) {
        throw wrong("an escape takes %d hexadecimal digits".formatted(digits));
      }
      char code = (char) Integer.parseInt(text.substring(at + 1, end), 16);
      at = end - 1;
      return code;
    }

    private JsonNode plain(boolean within) {
      int from = at;
      while (at < text.length() && !ends(within)) {
        at++;
      }
      String word = text.substring(from, at).stripTrailing();
      if (word.isEmpty() && within) {
        throw wrong("a value is missing in " + text);
      }
      if (word.contains(": ") || word.endsWith(":")) {
        throw wrong("'%s' has a colon; quote it".formatted(word));
      }
      return scalar(word);
    }

    private boolean ends(boolean within) {
      char c = text.charAt(at);
      if (!within) {
        return false;
      }
      boolean colon =
          c == ':' && (at + 1 == text.length() || " ,[]{}".indexOf(text.charAt(at + 1)) >= 0);
      return colon || ",[]{}".indexOf(c) >= 0;
    }

    /** The core schema. */
    private static JsonNode scalar(String word) {
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      return switch (word) {
        case "", "~", "null", "Null", "NULL" -> nodes.nullNode();
        case "true", "True", "TRUE" -> nodes.booleanNode(true);
        case "false", "False", "FALSE" -> nodes.booleanNode(false);
        default -> {
          if (word.matches("[-+]?[0-9]{1,18}")) {
            yield nodes.numberNode(Long.parseLong(word));
          }
          yield word.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")
              ? nodes.numberNode(Double.parseDouble(word))
              : nodes.textNode(word);
        }
      };
    }

    private WrongException wrong(String what) {
      return new WrongException(line, what);
    }
  }
}
