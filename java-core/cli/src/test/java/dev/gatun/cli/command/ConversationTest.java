package dev.gatun.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.chat.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static List<String> contents(Conversation conversation) {
    return conversation.messages().stream().map(ChatMessage::content).toList();
  }

  private static Conversation twoQuestions(String system) {
    var conversation = new Conversation(system);
    conversation.ask("q1");
    conversation.answer("a1");
    conversation.ask("q2");
    conversation.answer("a2");
    return conversation;
  }

  @Test
  void answersAndQuestionsAreTakenBack() {
    Conversation conversation = twoQuestions("s");
    assertTrue(conversation.takeBackAnswer());
    assertEquals(List.of("s", "q1", "a1", "q2"), contents(conversation));
    conversation.takeBackQuestion();
    assertEquals(List.of("s", "q1", "a1"), contents(conversation));
    conversation.takeBackQuestion();
    conversation.takeBackQuestion();
    assertEquals(List.of("s"), contents(conversation));
    assertFalse(conversation.takeBackAnswer());
  }

  @Test
  void theOldestIsForgottenWholeAndTheInstructionsStay() {
    Conversation conversation = twoQuestions("s");
    assertTrue(conversation.forgetOldest());
    assertEquals(List.of("s", "q2", "a2"), contents(conversation));
    conversation = twoQuestions(null);
    conversation.ask("q3");
    assertTrue(conversation.forgetOldest());
    assertEquals(List.of("q2", "a2", "q3"), contents(conversation));
    assertTrue(conversation.forgetOldest());
    assertFalse(conversation.forgetOldest(), "the question itself stays");
    assertEquals(List.of("q3"), contents(conversation));
  }

  @Test
  void beginningAnewKeepsOrReplacesTheInstructions() {
    Conversation conversation = twoQuestions("s");
    conversation.clear();
    assertEquals(List.of("s"), contents(conversation));
    conversation.begin("t");
    assertEquals(List.of("t"), contents(conversation));
    conversation.begin(null);
    assertEquals(List.of(), conversation.messages());
  }

  @Test
  void linesOfAPipeGoOnAfterABackslash() throws IOException {
    String text = "one\ntwo \\\nthree\n\nfour\\";
    try (var in = new PipeInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      assertEquals("one", in.read());
      assertEquals("two \nthree", in.read());
      assertEquals("", in.read());
      assertEquals("four\n", in.read());
      assertNull(in.read());
    }
  }
}
