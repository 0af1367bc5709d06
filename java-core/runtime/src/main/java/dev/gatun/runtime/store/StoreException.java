package dev.gatun.runtime.store;

import dev.gatun.tensor.GatunException;

/** A model cannot be had from the store, or the store cannot do what was asked. */
public class StoreException extends GatunException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(Kind.MODEL, message);
  }

  public StoreException(String message, Throwable cause) {
    super(Kind.MODEL, message, cause);
  }
}
