package dev.gatun.openvino;

import dev.gatun.ffi.Pointers;
import dev.gatun.openvino.generated.c.c_h;
import java.lang.foreign.MemorySegment;

/** Text that OpenVINO allocated. */
final class NativeText {
  private NativeText() {}

  /** Copies the text behind the pointer in {@code holder}, and frees it. */
  static String take(MemorySegment holder) {
    MemorySegment pointer = Pointers.read(holder);
    try {
      return Pointers.text(pointer).orElse("");
    } finally {
      c_h.ov_free(pointer);
    }
  }
}
