package dev.gatun.models.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.FixedMetadata;
import dev.gatun.models.jinja.Limits;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
  private static final List<ChatMessage> HELLO = List.of(ChatMessage.user("Hello"));

  private static String failure(ChatTemplate template, RenderOptions options) {
    return assertThrows(ChatTemplateException.class, () -> template.render(HELLO, options))
        .getMessage();
  }

  @Test
  void takesTheDefaultTemplateOfAModel() {
    ChatTemplate template =
        ChatTemplate.from(new FixedMetadata(Map.of("tokenizer.chat_template", "{{ bos_token }}!")));
    assertEquals(
        "<s>!", template.render(HELLO, RenderOptions.DEFAULT.withSpecialTokens("<s>", "</s>")));
  }

  @Test
  void takesTheToolVariantWhenThereAreTools() {
    ChatTemplate template =
        ChatTemplate.from(
            new FixedMetadata(
                Map.of(
                    "tokenizer.chat_template", "plain",
                    "tokenizer.chat_template.tool_use", "{{ tools|length }} tools")));
    assertEquals("plain", template.render(HELLO));
    assertEquals(
        "1 tools",
        template.render(HELLO, RenderOptions.DEFAULT.withTools(List.of(Map.of("name", "f")))));
  }

  @Test
  void findsNamedVariants() {
    FixedMetadata metadata =
        new FixedMetadata(
            Map.of(
                "tokenizer.chat_template", "plain",
                "tokenizer.chat_templates", List.of("rag", "lost"),
                "tokenizer.chat_template.rag", "with documents"));
    assertEquals(List.of("rag"), ChatTemplate.variants(metadata));
    assertEquals("with documents", ChatTemplate.from(metadata, "rag").render(HELLO));
    String message =
        assertThrows(ChatTemplateException.class, () -> ChatTemplate.from(metadata, "lost"))
            .getMessage();
    assertTrue(message.contains("'lost'") && message.contains("[rag]"), message);
  }

  @Test
  void usesChatMlOnlyWhereTheVocabularyKnowsIt() {
    ChatTemplate template =
        ChatTemplate.from(
            new FixedMetadata(
                Map.of("tokenizer.ggml.tokens", List.of("a", "<|im_start|>", "<|im_end|>"))));
    assertEquals(
        "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n", template.render(HELLO));
    FixedMetadata base = new FixedMetadata(Map.of("tokenizer.ggml.tokens", List.of("a", "b")));
    String message =
        assertThrows(ChatTemplateException.class, () -> ChatTemplate.from(base)).getMessage();
    assertTrue(message.contains("no chat template"), message);
    assertTrue(message.contains("raw"), message);
  }

  @Test
  void namesTheLineOfASyntaxError() {
    String message =
        assertThrows(
                ChatTemplateException.class, () -> ChatTemplate.parse("a\nb {% if %}\n{% endif %}"))
            .getMessage();
    assertTrue(message.contains("line 2"), message);
  }

  @Test
  void aModelsBrokenTemplateFailsWhenItIsUsed() {
    ChatTemplate template =
        ChatTemplate.from(new FixedMetadata(Map.of("tokenizer.chat_template", "{{")));
    String message = failure(template, RenderOptions.DEFAULT);
    assertTrue(message.contains("cannot be read"), message);
  }

  @Test
  void saysWhyATemplateFailed() {
    String message =
        failure(ChatTemplate.parse("\n{{ messages[0].text + 1 }}"), RenderOptions.DEFAULT);
    assertTrue(message.contains("'dict' has no attribute or element 'text'"), message);
    assertTrue(message.contains("line 2"), message);
  }

  @Test
  void passesOnWhatTheTemplateRefuses() {
    ChatTemplate template = ChatTemplate.parse("{{ raise_exception('No tools!') }}");
    ChatTemplateException failure =
        assertThrows(ChatTemplateException.class, () -> template.render(HELLO));
    String message = failure.getMessage();
    assertTrue(message.contains("refuses") && message.contains("No tools!"), message);
    assertEquals(GatunException.Kind.USAGE, failure.kind());
  }

  @Test
  void stopsATemplateAtItsLimits() {
    String message =
        failure(
            ChatTemplate.parse("{% for i in range(1000) %}{{ i }}{% endfor %}"),
            RenderOptions.DEFAULT.withLimits(new Limits(100, 1000, 50)));
    assertTrue(message.contains("100 steps"), message);
  }

  @Test
  void extraVariablesReachTheTemplate() {
    ChatTemplate template = ChatTemplate.parse("{{ enable_thinking }} {{ bos_token }}");
    assertEquals(
        "False x",
        template.render(
            HELLO,
            RenderOptions.DEFAULT.withVariables(
                Map.of("enable_thinking", false, "bos_token", "x"))));
  }

  @Test
  void messagesCarryFurtherFields() {
    ChatMessage parts =
        new ChatMessage(
            "user",
            null,
            List.of(),
            null,
            null,
            Map.of("content", List.of(Map.of("type", "text", "text", "Hi"))));
    assertEquals(
        "Hi", ChatTemplate.parse("{{ messages[0].content[0].text }}").render(List.of(parts)));
    assertEquals(
        "True",
        ChatTemplate.parse("{{ messages[0].content is none }}")
            .render(
                List.of(
                    ChatMessage.assistant(
                        null, List.of(new ToolCall(null, "f", Map.of("x", 1)))))));
  }

  @Test
  void refusesObjectsThatAreNoData() {
    ChatTemplate template = ChatTemplate.parse("{{ x }}");
    RenderOptions options = RenderOptions.DEFAULT.withVariables(Map.of("x", new Object()));
    assertThrows(IllegalArgumentException.class, () -> template.render(HELLO, options));
  }
}
