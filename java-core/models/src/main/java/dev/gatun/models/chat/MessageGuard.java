package dev.gatun.models.chat;

import dev.gatun.models.chat.RenderedChat.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows the texts of control tokens from messages through a template. Each is replaced by a
 * private character before rendering and put back after it, when its place is known. So are the
 * first and the last character of a message where it could be a part of a control token together
 * with what stands beside it.
 *
 * <p>The template sees these few characters instead of the text: what it makes of messages without
 * control tokens is unchanged. For one rendering, one thread.
 */
final class MessageGuard {
  private static final int LAST_PRIVATE = 0x10FFFD;
  private static final int FIRST_PRIVATE = 0x100000;

  /** Fields whose text stands in the prompt beside other text; others hold words to compare. */
  private static final Set<String> PROSE = Set.of("content", "text", "reasoning_content");

  private final Set<String> controls;
  private final Set<Integer> lengths = new TreeSet<>(Comparator.reverseOrder());
  private final Set<Character> starts = new HashSet<>();
  private final Map<String, Integer> marks = new HashMap<>();
  private final Map<Integer, String> texts = new HashMap<>();
  private final Set<Integer> present = new HashSet<>();
  private int next = LAST_PRIVATE;

  /**
   * @param controls texts of the control tokens, none empty
   */
  MessageGuard(Collection<String> controls) {
    this.controls = new HashSet<>(controls);
    for (String control : this.controls) {
      lengths.add(control.length());
      starts.add(control.charAt(0));
    }
  }

  /** A message's fields with marks for control tokens; {@link #avoid} must know all texts. */
  Map<String, Object> guard(Map<String, Object> message) {
    return guardedMap(message);
  }

  /** Learns which private characters a text, or a list or map of texts, uses itself. */
  void avoid(Object value) {
    switch (value) {
      case String text -> text.codePoints().filter(c -> c >= FIRST_PRIVATE).forEach(present::add);
      case Map<?, ?> map -> {
        map.keySet().forEach(this::avoid);
        map.values().forEach(this::avoid);
      }
      case List<?> list -> list.forEach(this::avoid);
      case null, default -> {}
    }
  }

  private Map<String, Object> guardedMap(Map<?, ?> map) {
    Map<String, Object> guarded = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      boolean prose = PROSE.contains(name);
      guarded.put(whole(name), guarded(value, prose));
    });
    return guarded;
  }

  private Object guarded(Object value, boolean prose) {
    return switch (value) {
      case String text -> prose ? edges(whole(text)) : whole(text);
      case Map<?, ?> map -> guardedMap(map);
      case List<?> list -> {
        List<Object> guarded = new ArrayList<>();
        list.forEach(element -> guarded.add(guarded(element, prose)));
        yield guarded;
      }
      case null -> null;
      default -> value;
    };
  }

  /** Marks in place of control tokens. */
  private String whole(String text) {
    StringBuilder marked = null;
    int copied = 0;
    int at = 0;
    while (at < text.length()) {
      int length = starts.contains(text.charAt(at)) ? controlAt(text, at) : 0;
      if (length == 0) {
        at++;
        continue;
      }
      marked = marked == null ? new StringBuilder() : marked;
      marked.append(text, copied, at).appendCodePoint(mark(text.substring(at, at + length)));
      at += length;
      copied = at;
    }
    return marked == null ? text : marked.append(text, copied, text.length()).toString();
  }

  /** Length of the longest control token that stands there; 0 for none. */
  private int controlAt(String text, int at) {
    for (int length : lengths) {
      if (at + length <= text.length() && controls.contains(text.substring(at, at + length))) {
        return length;
      }
    }
    return 0;
  }

  /** Marks in place of a first and last character that neighbours could complete. */
  private String edges(String text) {
    if (text.isEmpty()) {
      return text;
    }
    String marked = text;
    int last = text.codePointBefore(text.length());
    if (texts.get(last) == null && controls.stream().anyMatch(control -> beginsIn(control, text))) {
      int end = text.length() - Character.charCount(last);
      marked = text.substring(0, end) + Character.toString(mark(Character.toString(last)));
    }
    int first = marked.codePointAt(0);
    if (texts.get(first) == null && controls.stream().anyMatch(control -> endsIn(control, text))) {
      marked =
          Character.toString(mark(Character.toString(first)))
              + marked.substring(Character.charCount(first));
    }
    return marked;
  }

  /** Whether a proper prefix of a control token ends the text. */
  private static boolean beginsIn(String control, String text) {
    char last = text.charAt(text.length() - 1);
    for (int length = 1; length < control.length(); length++) {
      if (control.charAt(length - 1) == last
          && text.regionMatches(text.length() - length, control, 0, length)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a proper suffix of a control token begins the text, or the text is inside of one. */
  private static boolean endsIn(String control, String text) {
    for (int from = 1; from < control.length(); from++) {
      if (control.charAt(from) == text.charAt(0)) {
        int length = Math.min(control.length() - from, text.length());
        if (text.regionMatches(0, control, from, length)) {
          return true;
        }
      }
    }
    return false;
  }

  private int mark(String text) {
    Integer known = marks.get(text);
    if (known != null) {
      return known;
    }
    while (present.contains(next)) {
      next--;
    }
    if (next < FIRST_PRIVATE) {
      throw new ChatTemplateException(
          "the messages use so many private characters that control tokens in them cannot be told"
              + " from the template's; remove some");
    }
    marks.put(text, next);
    texts.put(next, text);
    return next--;
  }

  /** Puts back what was replaced. */
  RenderedChat restore(String rendered) {
    if (texts.isEmpty()) {
      return new RenderedChat(rendered, List.of());
    }
    var text = new StringBuilder(rendered.length() + 64);
    List<Range> plain = new ArrayList<>();
    rendered
        .codePoints()
        .forEach(c -> {
          String replaced = texts.get(c);
          if (replaced == null) {
            text.appendCodePoint(c);
          } else {
            int from = text.length();
            text.append(replaced);
            plain.add(new Range(from, text.length()));
          }
        });
    return new RenderedChat(text.toString(), plain);
  }
}
