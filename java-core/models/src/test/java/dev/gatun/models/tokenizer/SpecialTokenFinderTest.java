package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.Utf8Strings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The finder against its definition: each token in turn, longer ones first, in what text is left.
 */
class SpecialTokenFinderTest {
  /** How many times the usual rounds are made; {@code scripts/test --all} sets it. */
  private static final int EFFORT = Integer.getInteger("gatun.test.effort", 1);

  private record Fragment(String text, int token) {}

  @Test
  void partitionsLikeTheDefinition() {
    Random random = new Random(21);
    for (int round = 0; round < 3000 * EFFORT; round++) {
      List<String> texts = new ArrayList<>(List.of("plain"));
      byte[] attributes = new byte[8];
      attributes[0] = Vocabulary.NORMAL;
      while (texts.size() < attributes.length) {
        String text = random(random, "<a>/ ", 1 + random.nextInt(4));
        if (!texts.contains(text)) {
          int kind = random.nextInt(3);
          int strip = random.nextInt(4) * Vocabulary.LEFT_STRIP;
          int type =
              kind == 0
                  ? Vocabulary.CONTROL
                  : kind == 1 ? Vocabulary.USER_DEFINED : Vocabulary.UNKNOWN;
          attributes[texts.size()] = (byte) (type | strip);
          texts.add(text);
        }
      }
      Vocabulary vocabulary =
          new Vocabulary(new TokenTable(Utf8Strings.of(texts)), attributes, new float[0]);
      String text = random(random, "<a>/ \nb", random.nextInt(24));
      boolean parse = random.nextBoolean();
      List<Fragment> found = new ArrayList<>();
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      new SpecialTokenFinder(vocabulary)
          .partition(
              utf8,
              parse,
              (from, to, token) -> found.add(new Fragment(text.substring(from, to), token)));
      assertEquals(define(text, texts, vocabulary, parse), found);
    }
  }

  /** No control token reaches into plain bytes; where nothing is plain all are found. */
  @Test
  void plainStretchesHoldNoControlTokens() {
    Vocabulary vocabulary =
        new Vocabulary(
            new TokenTable(Utf8Strings.of(List.of("x", "<a>", "<u>"))),
            new byte[] {Vocabulary.NORMAL, Vocabulary.CONTROL, Vocabulary.USER_DEFINED},
            new float[0]);
    byte[] text = "<a><u><a>".getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from <= text.length; from++) {
      for (int to = from; to <= text.length; to++) {
        BitSet plain = new BitSet();
        plain.set(from, to);
        List<Integer> found = new ArrayList<>();
        new SpecialTokenFinder(vocabulary)
            .partition(text, plain, (start, _, token) -> found.add(token < 0 ? -1 : start));
        boolean any = from < to;
        assertEquals(!(any && from < 3), found.contains(0), from + ".." + to);
        assertTrue(found.contains(3), "user-defined tokens are always found");
        assertEquals(!(any && to > 6), found.contains(6), from + ".." + to);
      }
    }
  }

  private static List<Fragment> define(
      String text, List<String> texts, Vocabulary vocabulary, boolean parse) {
    List<Fragment> fragments = new ArrayList<>();
    if (!text.isEmpty()) {
      fragments.add(new Fragment(text, -1));
    }
    for (int length = 4; length > 0; length--) {
      for (int id = 1; id < texts.size(); id++) {
        boolean always = !vocabulary.has(id, Vocabulary.CONTROL | Vocabulary.UNKNOWN);
        if (texts.get(id).length() == length && (parse || always)) {
          fragments = cut(fragments, texts.get(id), id, vocabulary);
        }
      }
    }
    return fragments;
  }

  private static List<Fragment> cut(
      List<Fragment> fragments, String token, int id, Vocabulary vocabulary) {
    List<Fragment> result = new ArrayList<>();
    for (Fragment fragment : fragments) {
      String rest = fragment.text();
      if (fragment.token() >= 0) {
        result.add(fragment);
        continue;
      }
      for (int at = rest.indexOf(token); at >= 0; at = rest.indexOf(token)) {
        String left = rest.substring(0, at);
        left = vocabulary.has(id, Vocabulary.LEFT_STRIP) ? left.stripTrailing() : left;
        if (!left.isEmpty()) {
          result.add(new Fragment(left, -1));
        }
        result.add(new Fragment(token, id));
        rest = rest.substring(at + token.length());
        rest = vocabulary.has(id, Vocabulary.RIGHT_STRIP) ? rest.stripLeading() : rest;
      }
      if (!rest.isEmpty()) {
        result.add(new Fragment(rest, -1));
      }
    }
    return result;
  }

  private static String random(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
