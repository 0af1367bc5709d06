package dev.gatun.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every template of the test resources renders as jinja2 renders it; what fails there fails here.
 */
class PublishedTemplatesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private static final Set<String> CONTROLS =
      Set.of(
          "<s>",
          "</s>",
          "<unk>",
          "<|im_start|>",
          "<|im_end|>",
          "<|endoftext|>",
          "<|user|>",
          "<|assistant|>",
          "<|end|>",
          "<|eot_id|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<start_of_turn>",
          "<end_of_turn>",
          "[INST]",
          "[/INST]",
          "<|tool_call|>");

  static List<String> templates() throws IOException {
    return TestFiles.names("templates", ".jinja");
  }

  @Test
  void allTemplatesAreHere() throws IOException {
    assertEquals(56, templates().size());
  }

  @ParameterizedTest
  @MethodSource("templates")
  void rendersAsJinja2(String name) throws IOException {
    ChatTemplate template = ChatTemplate.parse(TestFiles.text("templates/" + name + ".jinja"));
    JsonNode cases = JSON.readTree(TestFiles.text("templates/" + name + ".expected.json"));
    assertEquals(12, cases.size());
    for (JsonNode one : cases) {
      String label = name + ", " + one.get("case").asText();
      List<ChatMessage> messages = new ArrayList<>();
      one.get("messages").forEach(message -> messages.add(message(message)));
      RenderOptions options =
          RenderOptions.DEFAULT
              .withSpecialTokens("<s>", "</s>")
              .withClock(CLOCK)
              .withTools(tools(one.get("tools")))
              .withGenerationPrompt(one.get("add_generation_prompt").asBoolean());
      if (one.has("output")) {
        assertEquals(one.get("output").asText(), template.render(messages, options), label);
        // Following control tokens through the template changes nothing of its text.
        RenderedChat guarded = template.render(messages, options, CONTROLS);
        assertEquals(one.get("output").asText(), guarded.text(), label);
      } else {
        assertThrows(
            ChatTemplateException.class,
            () -> template.render(messages, options),
            label + " should fail: " + one.get("error").asText());
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> tools(JsonNode tools) {
    return tools.isNull() ? List.of() : JSON.convertValue(tools, List.class);
  }

  @SuppressWarnings("unchecked")
  private static ChatMessage message(JsonNode node) {
    List<ToolCall> calls = new ArrayList<>();
    for (JsonNode call : node.path("tool_calls")) {
      calls.add(
          new ToolCall(
              call.get("id").asText(),
              call.get("function").get("name").asText(),
              JSON.convertValue(call.get("function").get("arguments"), Map.class)));
    }
    return new ChatMessage(
        node.get("role").asText(),
        node.get("content").asText(),
        calls,
        node.has("tool_call_id") ? node.get("tool_call_id").asText() : null,
        node.has("name") ? node.get("name").asText() : null,
        Map.of());
  }
}
