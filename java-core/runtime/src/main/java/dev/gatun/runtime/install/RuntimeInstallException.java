package dev.gatun.runtime.install;

import dev.gatun.tensor.GatunException;

/** A runtime could not be installed or removed; what was installed before still is. */
public final class RuntimeInstallException extends GatunException {
  private static final long serialVersionUID = 1L;

  RuntimeInstallException(Kind kind, String message) {
    super(kind, message);
  }

  RuntimeInstallException(String message, Throwable cause) {
    super(Kind.FAILURE, message, cause);
  }
}
