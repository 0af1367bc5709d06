package dev.gatun.pipelines;

import dev.gatun.models.chat.ChatMessage;
import java.util.List;

/** What a model is asked. */
public sealed interface Prompt {
  /**
   * Messages, put into the model's chat template.
   *
   * @param messages in order; the last is usually the user's
   */
  record Chat(List<ChatMessage> messages) implements Prompt {
    public Chat {
      messages = List.copyOf(messages);
    }
  }

  /** Text that the model continues as it is; special tokens in it are recognised. */
  record Raw(String text) implements Prompt {}

  /** One question of a user. */
  static Prompt chat(String user) {
    return new Chat(List.of(ChatMessage.user(user)));
  }

  /** One question of a user, under instructions. */
  static Prompt chat(String system, String user) {
    return new Chat(List.of(ChatMessage.system(system), ChatMessage.user(user)));
  }

  static Prompt raw(String text) {
    return new Raw(text);
  }
}
