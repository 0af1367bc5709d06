package dev.gatun.runtime.fetch;

/** An origin could not be reached: trying again later, or from elsewhere, may help. */
public final class UnreachableException extends FetchException {
  private static final long serialVersionUID = 1L;

  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
