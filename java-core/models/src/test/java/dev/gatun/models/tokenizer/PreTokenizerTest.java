package dev.gatun.models.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where text is split, for every name that llama.cpp knows, as llama.cpp splits it. */
class PreTokenizerTest {
  private final String[] texts = Vocabularies.texts("unicode-texts.json");
  private final JsonNode golden = Vocabularies.json("pre-tokenizer-splits.json");

  @Test
  void splitsLikeLlamaCpp() {
    TreeSet<String> seen = new TreeSet<>();
    for (JsonNode group : golden) {
      for (Iterator<String> names = group.get("names").fieldNames(); names.hasNext(); ) {
        String name = names.next();
        seen.add(name);
        List<SplitRule> rules = PreTokenization.of(name).splitter().rules();
        for (int i = 0; i < texts.length; i++) {
          assertEquals(
              group.get("splits").get(i).asText(), lengths(rules, texts[i]), name + " #" + i);
        }
      }
    }
    assertEquals(new TreeSet<>(PreTokenization.NAMES), seen);
    assertEquals(List.copyOf(seen), PreTokenization.NAMES);
  }

  @Test
  void hasHabitsLikeLlamaCpp() {
    for (JsonNode group : golden) {
      for (Map.Entry<String, JsonNode> named : group.get("names").properties()) {
        PreTokenization habits = PreTokenization.of(named.getKey());
        JsonNode expected = named.getValue();
        assertEquals(expected.get("byteLevel").asBoolean(), habits.byteLevel(), named.getKey());
        assertEquals(
            expected.get("ignoreMerges").asBoolean(), habits.ignoreMerges(), named.getKey());
        assertEquals(expected.get("addBos").asBoolean(), habits.addBos(), named.getKey());
        assertEquals(expected.get("addSep").asBoolean(), habits.addSep(), named.getKey());
        assertEquals(expected.get("bos").asInt() < 0, habits.noBos(), named.getKey());
      }
    }
  }

  @Test
  void unknownNameListsTheKnown() {
    TokenizerException e =
        assertThrows(TokenizerException.class, () -> PreTokenization.of("qwen9"));
    assertTrue(e.getMessage().contains("'qwen9'"), e.getMessage());
    assertTrue(e.getMessage().contains("qwen2, qwen35"), e.getMessage());
  }

  /** A rule that looks at a long run from each of its characters would take minutes here. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void longRunsTakeLinearTime() {
    String[] units = {
      " ", "\n", "\t \u3000", "a", "B", "aÀB", "7", "!", "'", "\u0301", "中", "\u0001"
    };
    for (PreTokenizer splitter : PreTokenizer.values()) {
      List<SplitRule> rules = splitter.rules();
      for (String unit : units) {
        String run = unit.repeat(200_000 / unit.length());
        assertFalse(lengths(rules, run + "x").isEmpty());
      }
    }
  }

  /** Lengths in code points: a to z for 1 to 26, longer ones as numbers in parentheses. */
  private static String lengths(List<SplitRule> rules, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    CodePoints points = new CodePoints();
    points.decode(utf8, 0, utf8.length);
    IntList ends = new IntList(8);
    ends.add(points.length());
    for (SplitRule rule : rules) {
      IntList finer = new IntList(8);
      int from = 0;
      for (int i = 0; i < ends.size(); i++) {
        rule.split(points, from, ends.get(i), finer);
        from = ends.get(i);
      }
      ends = finer;
    }
    StringBuilder lengths = new StringBuilder();
    int from = 0;
    for (int i = 0; i < ends.size(); i++) {
      int length = ends.get(i) - from;
      from = ends.get(i);
      if (length <= 26) {
        lengths.append((char) ('a' + length - 1));
      } else {
        lengths.append('(').append(length).append(')');
      }
    }
    return lengths.toString();
  }
}
