package dev.gatun.runtime.spi;

/** A device failed, or was asked for what it cannot do. The message says what and where. */
public class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
