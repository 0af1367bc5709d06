package dev.gatun.metal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The types of a method, as the runtime writes them ("Type Encodings" in Apple's Objective-C
 * Runtime Programming Guide), in the words that a call's types are compared in: how a value is
 * passed, not what it means.
 */
final class TypeEncoding {
  private static final String QUALIFIERS = "rnNoORVA";

  private final String text;
  private int at;

  private TypeEncoding(String text) {
    this.text = text;
  }

  /**
   * Result and arguments of an encoding such as {@code @32@0:8Q16Q24}.
   *
   * @throws IllegalArgumentException when it has a type that no message of ours has
   */
  static List<String> types(String encoding) {
    var reader = new TypeEncoding(encoding);
    List<String> types = new ArrayList<>();
    while (reader.at < encoding.length()) {
      types.add(reader.type());
      reader.skipDigits();
    }
    return types;
  }

  /** Result and arguments of a call. */
  static List<String> types(FunctionDescriptor call) {
    List<String> types = new ArrayList<>();
    types.add(call.returnLayout().map(TypeEncoding::type).orElse("void"));
    call.argumentLayouts().forEach(argument -> types.add(type(argument)));
    return types;
  }

  private static String type(MemoryLayout layout) {
    return switch (layout) {
      case GroupLayout group ->
          group.memberLayouts().stream()
              .map(TypeEncoding::type)
              .collect(Collectors.joining(",", "{", "}"));
      case ValueLayout.OfByte _ -> "byte";
      case ValueLayout.OfInt _ -> "int";
      case ValueLayout.OfLong _ -> "long";
      case ValueLayout.OfDouble _ -> "double";
      case ValueLayout _ -> "pointer";
      default -> throw new IllegalArgumentException("no type of a message: " + layout);
    };
  }

  private void skipDigits() {
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
  }

  private boolean take(char wanted) {
    boolean found = at < text.length() && text.charAt(at) == wanted;
    if (found) {
      at++;
    }
    return found;
  }

  private String type() {
    while (at < text.length() && QUALIFIERS.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == text.length()) {
      throw new IllegalArgumentException("a type encoding ends early: " + text);
    }
    char first = text.charAt(at++);
    return switch (first) {
      case 'v' -> "void";
      case 'c', 'C', 'B' -> "byte";
      case 'i', 'I' -> "int";
      case 'q', 'Q', 'l', 'L' -> "long";
      case 'd' -> "double";
      case '*', '#', ':' -> "pointer";
      case '@' -> {
        // A block is @?, a class may follow in quotes.
        if (!take('?') && take('"')) {
          at = text.indexOf('"', at) + 1;
        }
        yield "pointer";
      }
      case '^' -> {
        take('?');
        if (at < text.length() && !Character.isDigit(text.charAt(at))) {
          pointee();
        }
        yield "pointer";
      }
      case '{' -> structure();
      default -> throw new IllegalArgumentException("a type %s in %s".formatted(first, text));
    };
  }

  /** What a pointer points to, which may be of any type, is passed over. */
  private void pointee() {
    if (text.charAt(at) == '{') {
      int depth = 0;
      do {
        depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
        at++;
      } while (depth > 0 && at < text.length());
    } else {
      type();
    }
  }

  private String structure() {
    at = text.indexOf('=', at) + 1;
    List<String> members = new ArrayList<>();
    while (!take('}')) {
      members.add(type());
    }
    return "{" + String.join(",", members) + "}";
  }
}
