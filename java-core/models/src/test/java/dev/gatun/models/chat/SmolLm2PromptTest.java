package dev.gatun.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The prompts that llama.cpp makes with SmolLM2's own template. */
class SmolLm2PromptTest {
  @Test
  void rendersTheGoldenPrompts() throws IOException {
    ChatTemplate template = ChatTemplate.parse(TestFiles.text("smollm2.jinja"));
    JsonNode cases = TestFiles.json(TestFiles.text("smollm2-prompts.json"), JsonNode.class);
    assertFalse(cases.isEmpty());
    for (JsonNode one : cases) {
      ChatMessage message = ChatMessage.user(one.get("input").asText());
      assertEquals(one.get("prompt").asText(), template.render(List.of(message)));
    }
  }
}
