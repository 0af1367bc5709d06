package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** YAML gives the tree that JSON would have given; what could be read in two ways is refused. */
class YamlTextTest {
  @Test
  void isReadAsJsonWouldBe() throws Exception {
    String yaml =
        """
        # a workflow
        text: plain words
        quoted: "a: b"
        numbers: [1, 2.5, -3e2]
        not-numbers: ["1", 1.2.3]
        truth: true
        norway: no
        nothing: null
        list:
          - of: mappings
            more: 1
          - {in: braces}
        block: |
          two
          lines
        """;
    String json =
        """
        {"text": "plain words", "quoted": "a: b", "numbers": [1, 2.5, -3e2],
         "not-numbers": ["1", "1.2.3"], "truth": true, "norway": "no", "nothing": null,
         "list": [{"of": "mappings", "more": 1}, {"in": "braces"}], "block": "two\\nlines\\n"}
        """;
    assertEquals(new JsonMapper().readTree(json), YamlText.read(yaml));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: 1\\n\\tb: 2|line 2: ",
        "a: 1\\na: 2|duplicate key a",
        "{a: 1, a: 2}|duplicate key a",
        "a: 1\\n  b: 2|line 2: ",
        "a: &x [1]\\nb: *x|aliases",
        "a: &x [*x]|aliases",
        "a: b: c|line 1: ",
        "a: [1, 2|line 1: ",
        "a: 'x|line 1: ",
        "a: 1\\n---\\nb: 2|another document",
      })
  void whatIsWrongIsNamed(String text, String message) {
    String document = text.replace("\\n", "\n").replace("\\t", "\t");
    var e = assertThrows(YamlText.WrongException.class, () -> YamlText.read(document));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void depthIsLimited() {
    assertThrows(YamlText.WrongException.class, () -> YamlText.read("[".repeat(100_000)));
    assertThrows(YamlText.WrongException.class, () -> YamlText.read("- ".repeat(100_000) + "a"));
  }
}
