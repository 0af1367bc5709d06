package dev.gatun.runtime.fetch;

import java.io.IOException;

/**
 * A file could not be brought from an origin. The message says why and, where known, what helps.
 */
public class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  public FetchException(String message) {
    super(message);
  }

  public FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
