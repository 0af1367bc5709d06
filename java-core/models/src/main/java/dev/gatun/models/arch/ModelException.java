package dev.gatun.models.arch;

/**
 * A model that cannot be built: its metadata or tensors are missing, ill-typed or contradictory.
 * The message names the model, the key or tensor, and what was expected.
 */
public class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
