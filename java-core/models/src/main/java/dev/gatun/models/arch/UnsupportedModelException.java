package dev.gatun.models.arch;

/** A sound model of an architecture, or with a feature, that Gatun does not build. */
public final class UnsupportedModelException extends ModelException {
  private static final long serialVersionUID = 1L;

  public UnsupportedModelException(String message) {
    super(message);
  }
}
