package dev.gatun.cudabackend;

import dev.gatun.cuda.DriverFailure;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.runtime.spi.BackendException;
import java.util.function.Supplier;

/** Turns errors of NVIDIA's libraries into ones that say what would help. */
final class Failures {
  private final String device;

  /**
   * @param device its id: {@code cuda:0}
   */
  Failures(String device) {
    this.device = device;
  }

  /** Does something on the device. */
  <T> T during(Supplier<T> work) {
    try {
      return work.get();
    } catch (NativeCallException e) {
      throw explained(e);
    }
  }

  /** Does something on the device that gives nothing. */
  void run(Runnable work) {
    try {
      work.run();
    } catch (NativeCallException e) {
      throw explained(e);
    }
  }

  BackendException explained(NativeCallException failure) {
    return switch (DriverFailure.of(failure)) {
      case LOST ->
          new BackendException(
              "%s failed while it worked, and nothing runs on it until the program starts again: %s; `nvidia-smi` shows whether the GPU is well"
                  .formatted(device, failure.getMessage()),
              failure);
      case OUT_OF_MEMORY ->
          new BackendException(
              "%s has too little free memory: %s".formatted(device, failure.getMessage()), failure);
      case OTHER -> new BackendException(device + ": " + failure.getMessage(), failure);
    };
  }

  /** Memory was short: says how much was asked for and is free. */
  BackendException tooLittle(long asked, long free, long all, NativeCallException failure) {
    return new BackendException(
        "%s has too little free memory: %,d bytes were asked for, %,d of %,d are free; end other programs that use the GPU, or take a smaller context, a smaller model, or fewer layers on the GPU"
            .formatted(device, asked, free, all),
        failure);
  }
}
