package dev.gatun.runtime.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree is the one that Jackson's mapper makes. */
class JsonTreeTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "\"ä\\u0041\"",
        "{\"a\": [1, -2147483649, 123456789012345678901234567890, 1.5e3, true, false, null]}",
        "[[{\"x\": {\"y\": []}}], \"\"]",
      })
  void isTheMappers(String text) throws IOException {
    assertEquals(new JsonMapper().readTree(text), JsonTree.read(bytes(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[1,", "{\"a\"}", "{\"a\": 1, \"a\": 2}", "1 2", "nul", "]"})
  void whatIsNoJsonIsRefused(String text) {
    assertThrows(JacksonException.class, () -> JsonTree.read(bytes(text)));
  }

  @Test
  void depthIsLimited() {
    assertThrows(JacksonException.class, () -> JsonTree.read(bytes("[".repeat(100_000))));
  }
}
