package dev.gatun.metalbackend;

import dev.gatun.ffi.NativeCallException;
import dev.gatun.runtime.spi.BackendException;

/** Turns errors of Metal into ones that say what would help. */
final class Failures {
  private final String device;

  /**
   * @param device its id: {@code metal:0}
   */
  Failures(String device) {
    this.device = device;
  }

  /** Work that was committed failed; the numbers are those of {@code MTLCommandBufferError}. */
  BackendException ofWork(NativeCallException failure) {
    String why =
        switch ((int) failure.code()) {
          case 2 ->
              "it took longer than macOS allows, which happens when other programs use the GPU";
          case 3 -> "a kernel touched memory that is not its own, which is an error of Gatun's";
          case 4 ->
              "macOS stopped this program's work on the GPU after earlier failures; start it again";
          case 8 -> "the GPU has too little memory; take a smaller context or a smaller model";
          case 11 -> "the GPU was removed";
          default -> "later work of this session cannot be trusted";
        };
    return new BackendException(
        "%s failed while it worked: %s (%s)".formatted(device, failure.getMessage(), why), failure);
  }

  /** A text was not compiled, or a kernel is not in it. */
  BackendException ofKernels(String family, NativeCallException failure) {
    return new BackendException(
        "%s does not compile the kernels '%s': %s".formatted(device, family, failure.getMessage()),
        failure);
  }

  /** There was no room. */
  BackendException ofMemory(long asked, long free, NativeCallException failure) {
    return new BackendException(
        "%s has too little free memory: %,d bytes were asked for, %,d are free; end other programs, or take a smaller context, a smaller model, or fewer layers on the GPU"
            .formatted(device, asked, free),
        failure);
  }

  /** More than one buffer may have. */
  BackendException tooLong(long asked, long most) {
    return new BackendException(
        "%s takes at most %,d bytes in one piece, %,d were asked for; take a smaller context or a smaller model"
            .formatted(device, most, asked));
  }
}
