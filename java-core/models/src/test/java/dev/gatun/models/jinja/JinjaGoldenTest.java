package dev.gatun.models.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small and random templates against jinja2; see make_goldens.py in the test resources. */
class JinjaGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private static JsonNode read(String name) throws IOException {
    try (InputStream in = JinjaGoldenTest.class.getResourceAsStream(name)) {
      return JSON.readTree(in);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"edge-cases.json", "fuzz-cases.json"})
  @SuppressWarnings("unchecked")
  void agreesWithJinja2(String file) throws IOException {
    Map<String, Object> variables = JSON.convertValue(read("variables.json"), Map.class);
    JsonNode cases = read(file);
    assertTrue(cases.size() > 1500, "cases: " + cases.size());
    List<String> differences = new ArrayList<>();
    for (JsonNode one : cases) {
      String template = one.get("template").asText();
      String expected = one.has("output") ? one.get("output").asText() : "fails";
      String actual;
      try {
        actual = JinjaTemplate.parse(template).render(variables, CLOCK, Limits.DEFAULT);
      } catch (JinjaException e) {
        actual = one.has("output") ? "fails: " + e.getMessage() : "fails";
      }
      if (!expected.equals(actual)) {
        differences.add(
            JSON.writeValueAsString(template)
                + "\n    expected "
                + JSON.writeValueAsString(expected)
                + (one.has("error") ? " " + one.get("error").asText() : "")
                + "\n    actual   "
                + JSON.writeValueAsString(actual));
      }
    }
    assertEquals(
        0,
        differences.size(),
        () ->
            "of "
                + cases.size()
                + " templates differ:\n"
                + String.join("\n", differences.subList(0, Math.min(40, differences.size()))));
  }
}
