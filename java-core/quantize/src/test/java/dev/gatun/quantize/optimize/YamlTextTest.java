package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents are read as PyYAML reads them ({@code make_yaml.py}); what is not read is refused. */
class YamlTextTest {
  @Test
  void readsWhatPyYamlReads() throws IOException {
    JsonNode goldens;
    try (InputStream in = YamlTextTest.class.getResourceAsStream("yaml.json")) {
      goldens = new JsonMapper().readTree(in);
    }
    assertTrue(goldens.size() > 10);
    for (JsonNode golden : goldens) {
      // As text, so that 1 and 1L are the same.
      String text = golden.get("yaml").asText();
      assertEquals(golden.get("json").toString(), YamlText.read(text).toString(), text);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: 1\\n\\tb: 2|line 2: it is indented by a tab",
        "a: 1\\na: 2|line 2: 'a' is there twice",
        "{a: 1, a: 2}|'a' is there twice",
        "a: 1\\n  b: 2|line 2: it is indented deeper",
        "a:\\n    b: 1\\n  c: 2|line 3: it is indented like nothing",
        "a: &x 1|anchors, tags and block scalars",
        "a: *x|anchors",
        "a: !int 1|anchors",
        "a: >|anchors",
        "a: b: c|has a colon; quote it",
        "a: [1, 2|']' is missing",
        "a: [1 2] 3|follows a value",
        "a: {b}|has no colon",
        "a: [1, , 2]|a value is missing",
        "a: 'x|a quote is not closed",
        "a: \\qx\\y\\q|the escape",
        "a: 1\\n---\\nb: 2|line 2: a workflow is one document",
        "%YAML 1.2\\na: 1|one document without directives",
        "a: 1\\nb|line 2: 'b' is no key with a colon",
        "- a\\nb: 1|line 2",
        "a: text\\n  goes on|line 2: it is indented deeper",
      })
  void whatIsNotReadIsNamed(String text, String message) {
    String document = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\q", "\"");
    var e = assertThrows(YamlText.WrongException.class, () -> YamlText.read(document));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void depthIsLimited() {
    assertThrows(YamlText.WrongException.class, () -> YamlText.read("[".repeat(100_000)));
    assertThrows(YamlText.WrongException.class, () -> YamlText.read("- ".repeat(100_000) + "a"));
  }
}
