package dev.gatun.models.chat;

import dev.gatun.tensor.GatunException;

/**
 * A chat template is missing, cannot be parsed, failed or exceeded its limits (kind {@code MODEL}),
 * or refused the conversation (kind {@code USAGE}). The message says which, where in the template,
 * and what to do.
 */
public final class ChatTemplateException extends GatunException {
  private static final long serialVersionUID = 1L;

  ChatTemplateException(String message) {
    super(Kind.MODEL, message);
  }

  ChatTemplateException(Kind kind, String message, Throwable cause) {
    super(kind, message, cause);
  }
}
