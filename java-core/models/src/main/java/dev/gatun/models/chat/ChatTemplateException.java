package dev.gatun.models.chat;

/**
 * A chat template is missing, cannot be parsed, failed, refused the conversation or exceeded its
 * limits. The message says which, where in the template, and what to do.
 */
public final class ChatTemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ChatTemplateException(String message) {
    super(message);
  }

  ChatTemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
