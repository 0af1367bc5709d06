package dev.gatun.runtime.spi;

import dev.gatun.tensor.GatunException;

/** A device failed, or was asked for what it cannot do. The message says what and where. */
public class BackendException extends GatunException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(Kind.FAILURE, message);
  }

  public BackendException(String message, Throwable cause) {
    super(Kind.FAILURE, message, cause);
  }
}
