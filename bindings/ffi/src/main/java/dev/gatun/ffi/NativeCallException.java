package dev.gatun.ffi;

import dev.gatun.tensor.GatunException;

/** A native function reported an error. */
public final class NativeCallException extends GatunException {
  private static final long serialVersionUID = 1L;

  private final String library;
  private final String function;
  private final long code;

  /**
   * @param library whose function it is, for a person: {@code libc}
   * @param function name in C
   * @param code what it returned or left in {@code errno}
   * @param message what the library says about the code
   */
  public NativeCallException(String library, String function, long code, String message) {
    super(Kind.FAILURE, "%s of %s failed: %s (%d)".formatted(function, library, message, code));
    this.library = library;
    this.function = function;
    this.code = code;
  }

  public String library() {
    return library;
  }

  public String function() {
    return function;
  }

  /** The library's own number of the error. */
  public long code() {
    return code;
  }
}
