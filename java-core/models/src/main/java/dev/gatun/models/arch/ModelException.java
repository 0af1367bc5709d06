package dev.gatun.models.arch;

import dev.gatun.tensor.GatunException;

/**
 * A model that cannot be built: its metadata or tensors are missing, ill-typed or contradictory.
 * The message names the model, the key or tensor, and what was expected.
 */
public class ModelException extends GatunException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(Kind.MODEL, message);
  }

  public ModelException(String message, Throwable cause) {
    super(Kind.MODEL, message, cause);
  }
}
