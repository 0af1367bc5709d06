package dev.gatun.qnn;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.qnn.generated.core.core_h;

/** Turns error codes into exceptions. */
final class QnnStatus {
  private QnnStatus() {}

  static void check(String function, long code) {
    if (code != core_h.QNN_SUCCESS()) {
      throw new NativeCallException("QNN", function, code, message((int) code));
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
