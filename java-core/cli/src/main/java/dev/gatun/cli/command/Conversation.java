package dev.gatun.cli.command;

import dev.gatun.models.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/** What was said so far, after the instructions if there are any. For one thread. */
final class Conversation {
  private final List<ChatMessage> messages = new ArrayList<>();
  private String system;

  /**
   * @param system instructions for the model, or null
   */
  Conversation(String system) {
    begin(system);
  }

  /** Begins anew under other instructions. */
  void begin(String instructions) {
    system = instructions;
    messages.clear();
    if (system != null) {
      messages.add(ChatMessage.system(system));
    }
  }

  /** Begins anew. */
  void clear() {
    begin(system);
  }

  List<ChatMessage> messages() {
    return List.copyOf(messages);
  }

  void ask(String question) {
    messages.add(ChatMessage.user(question));
  }

  void answer(String text) {
    messages.add(ChatMessage.assistant(text));
  }

  /** Takes back the last answer; false when nothing was asked. */
  boolean takeBackAnswer() {
    if (endsWith("assistant")) {
      messages.removeLast();
    }
    return endsWith("user");
  }

  /** Takes back the last question and its answer. */
  void takeBackQuestion() {
    if (takeBackAnswer()) {
      messages.removeLast();
    }
  }

  /** Forgets the oldest question and its answer; false when only the last question is left. */
  boolean forgetOldest() {
    int first = system == null ? 0 : 1;
    if (messages.size() - first < 2) {
      return false;
    }
    messages.remove(first);
    while (messages.size() > first + 1 && !messages.get(first).role().equals("user")) {
      messages.remove(first);
    }
    return true;
  }

  private boolean endsWith(String role) {
    return !messages.isEmpty() && messages.getLast().role().equals(role);
  }

  /** Who said what, one paragraph each. */
  String toText() {
    var text = new StringBuilder();
    messages.forEach(message ->
        text.append(message.role()).append(": ").append(message.content()).append("\n\n"));
    return text.toString();
  }
}
