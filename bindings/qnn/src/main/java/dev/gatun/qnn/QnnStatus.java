package dev.gatun.qnn;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.qnn.generated.core.core_h;
import java.util.List;

/** Turns error codes into exceptions. */
final class QnnStatus {
  private QnnStatus() {}

  static void check(String function, long code) {
    check(function, code, List.of());
  }

  /**
   * Throws for a code that is an error.
   *
   * @param said what the library told meanwhile
   */
  static void check(String function, long code, List<String> said) {
    if (code != core_h.QNN_SUCCESS()) {
      String message = message((int) code);
      throw new NativeCallException(
          "QNN",
          function,
          code,
          said.isEmpty() ? message : message + ": " + String.join("; ", said));
    }
  }

  /** Codes that all components share; the others are in the documentation, by number. */
  static String message(int code) {
    return switch (code) {
      case 1000 -> "not supported";
      case 1002 -> "no memory";
      case 1003 -> "system error";
      case 1004 -> "invalid argument";
      case 1005 -> "operation not permitted";
      case 1006 -> "platform not supported";
      case 1007, 1011 -> "communication error";
      case 1008 -> "libraries of incompatible versions";
      default -> "see \"Error codes\" of QNN's documentation";
    };
  }
}
