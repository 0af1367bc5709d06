package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
  @Test
  void withoutStopTextsEveryPiecePassesThrough() {
    var matcher = new StopMatcher(List.of());
    String piece = "abc";
    assertSame(piece, matcher.accept(piece));
    assertEquals("", matcher.accept(""));
    assertFalse(matcher.isStopped());
    assertEquals("", matcher.finish());
  }

  @Test
  void findsAStopTextAcrossPieces() {
    var matcher = new StopMatcher(List.of("<|end|>"));
    assertEquals("Hello ", matcher.accept("Hello <"));
    assertEquals("", matcher.accept("|en"));
    assertFalse(matcher.isStopped());
    assertEquals("", matcher.accept("d|> and more"));
    assertTrue(matcher.isStopped());
    assertEquals("", matcher.accept("never"));
    assertEquals("", matcher.finish());
  }

  @Test
  void releasesWhatTurnsOutNotToBeAStopText() {
    var matcher = new StopMatcher(List.of("abac"));
    assertEquals("", matcher.accept("aba"));
    assertEquals("ab", matcher.accept("b"));
    assertEquals("", matcher.accept("a"));
    assertEquals("aba", matcher.finish());
    assertEquals("", matcher.finish());
  }

  @Test
  void theStopTextThatIsCompleteFirstWinsAndThenTheLongest() {
    var overlapping = new StopMatcher(List.of("abcd", "bc"));
    assertEquals("a", overlapping.accept("abcd"));
    assertTrue(overlapping.isStopped());
    var ending = new StopMatcher(List.of("c", "abc", "bc"));
    assertEquals("x", ending.accept("xabc"));
    assertTrue(ending.isStopped());
  }

  @Test
  void keepsCharactersOutsideTheBasicPlaneWhole() {
    var matcher = new StopMatcher(List.of("\uD83D\uDE00"));
    assertEquals("\uD83D\uDE03", matcher.accept("\uD83D\uDE03"));
    assertEquals("a", matcher.accept("a\uD83D\uDE00"));
    assertTrue(matcher.isStopped());
  }

  @Test
  void refusesAnEmptyStopText() {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> new StopMatcher(List.of("a", "")));
    assertTrue(thrown.getMessage().contains("stop text 1"));
  }

  @Test
  void agreesWithANaiveSearchForAnyDivision() {
    var random = new Random(7);
    int stoppedTexts = 0;
    for (int round = 0; round < 20_000; round++) {
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        stops.add(text(random, 1 + random.nextInt(6)));
      }
      String text = text(random, random.nextInt(30));
      int end = naiveEnd(text, stops);
      String expected = end < 0 ? text : text.substring(0, end);

      var matcher = new StopMatcher(stops);
      var shown = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int next = Math.min(text.length(), at + random.nextInt(5));
        shown.append(matcher.accept(text.substring(at, next)));
        at = next;
        if (!matcher.isStopped()) {
          assertEquals(shortestSafe(text.substring(0, at), stops), shown.toString());
        }
      }
      shown.append(matcher.finish());
      assertEquals(expected, shown.toString(), () -> stops + " in " + text);
      assertEquals(end >= 0, matcher.isStopped());
      stoppedTexts += end >= 0 ? 1 : 0;
    }
    assertTrue(stoppedTexts > 5_000 && stoppedTexts < 18_000, "stopped: " + stoppedTexts);
  }

  private static String text(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }

  /** Where the text is to end, from the definition; -1 when no stop text occurs. */
  private static int naiveEnd(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      int longest = 0;
      for (String stop : stops) {
        if (text.substring(0, end).endsWith(stop)) {
          longest = Math.max(longest, stop.length());
        }
      }
      if (longest > 0) {
        return end - longest;
      }
    }
    return -1;
  }

  /** The text without the longest end that begins a stop text. */
  private static String shortestSafe(String text, List<String> stops) {
    for (int start = 0; start < text.length(); start++) {
      String end = text.substring(start);
      if (stops.stream().anyMatch(stop -> stop.startsWith(end))) {
        return text.substring(0, start);
      }
    }
    return text;
  }
}
