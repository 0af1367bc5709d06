package dev.gatun.openvino;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import java.lang.foreign.MemorySegment;

/** Turns status codes into exceptions. */
final class Status {
  private static final String LIBRARY = "OpenVINO";

  private Status() {}

  /** Throws what OpenVINO says about a code that is not OK. */
  static void check(String function, int code) {
    if (code != c_h.OK()) {
      throw new NativeCallException(LIBRARY, function, code, message(code));
    }
  }

  /** The last error's text, which is that of the failed call unless another thread failed too. */
  private static String message(int code) {
    // Declared without a prototype, and so linked as if its arguments varied; it has none.
    MemorySegment last = c_h.ov_get_last_err_msg.makeInvoker().apply();
    String text = Pointers.text(last).orElse("").strip();
    if (!text.isEmpty()) {
      return text.replaceAll("\\s*\\n\\s*", " | ");
    }
    return Pointers.text(c_h.ov_get_error_info(code)).orElse("no message");
  }
}
