package dev.gatun.cuda;

import dev.gatun.cuda.generated.driver.driver_h;
import dev.gatun.ffi.NativeCallException;
import java.util.Set;

/** What a failure of the driver means to who called it. */
public enum DriverFailure {
  /** The device had too little free memory; everything else goes on. */
  OUT_OF_MEMORY,
  /** Work failed on the device, and its context is of no use any more. */
  LOST,
  /** Another error of the call. */
  OTHER;

  // The codes after which, the documentation says, nothing works until the process starts anew.
  private static final Set<Integer> LOSING =
      Set.of(
          driver_h.CUDA_ERROR_ECC_UNCORRECTABLE(),
          driver_h.CUDA_ERROR_NVLINK_UNCORRECTABLE(),
          driver_h.CUDA_ERROR_ILLEGAL_ADDRESS(),
          driver_h.CUDA_ERROR_LAUNCH_TIMEOUT(),
          driver_h.CUDA_ERROR_ASSERT(),
          driver_h.CUDA_ERROR_HARDWARE_STACK_ERROR(),
          driver_h.CUDA_ERROR_ILLEGAL_INSTRUCTION(),
          driver_h.CUDA_ERROR_MISALIGNED_ADDRESS(),
          driver_h.CUDA_ERROR_INVALID_ADDRESS_SPACE(),
          driver_h.CUDA_ERROR_INVALID_PC(),
          driver_h.CUDA_ERROR_LAUNCH_FAILED(),
          driver_h.CUDA_ERROR_UNKNOWN());

  /** What an exception of {@link CudaDriver}'s calls means. */
  public static DriverFailure of(NativeCallException failure) {
    int code = (int) failure.code();
    if (code == driver_h.CUDA_ERROR_OUT_OF_MEMORY()) {
      return OUT_OF_MEMORY;
    }
    return LOSING.contains(code) ? LOST : OTHER;
  }
}
