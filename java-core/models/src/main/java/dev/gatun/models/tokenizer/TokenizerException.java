package dev.gatun.models.tokenizer;

import dev.gatun.tensor.GatunException;

/**
 * Metadata that describes no usable tokenizer, or text that a vocabulary cannot express. The
 * message names the metadata key or the token and says what is wrong with it.
 */
public final class TokenizerException extends GatunException {
  private static final long serialVersionUID = 1L;

  public TokenizerException(String message) {
    super(Kind.MODEL, message);
  }

  public TokenizerException(String message, Throwable cause) {
    super(Kind.MODEL, message, cause);
  }
}
