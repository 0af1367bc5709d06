package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.Pointers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Turns the driver's codes into exceptions that name them. */
final class DriverStatus {
  private DriverStatus() {}

  static void check(String function, int code) {
    if (code != driver_h.CUDA_SUCCESS()) {
      throw new NativeCallException("the CUDA driver", function, code, message(code));
    }
  }

  private static String message(int code) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
      String name =
          driver_h.cuGetErrorName(code, text) == driver_h.CUDA_SUCCESS()
              ? Pointers.text(Pointers.read(text)).orElse("")
              : "unknown error";
      String words =
          driver_h.cuGetErrorString(code, text) == driver_h.CUDA_SUCCESS()
              ? Pointers.text(Pointers.read(text)).orElse("")
              : "";
      return words.isEmpty() ? name : name + ": " + words;
    }
  }
}
