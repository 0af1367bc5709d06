package dev.gatun.gpuengine.compile;

import dev.gatun.gpuengine.driver.GpuLimits.Matrices;
import dev.gatun.tensor.DType;
import java.util.Optional;

/**
 * What a program's kernels may do to numbers for the sake of speed.
 *
 * @param matrices the device's instructions on which products of many rows with stored weights run;
 *     those of half precision round both, sums are single precision
 * @param deterministic whether a row's results must be the same bits whatever else is submitted:
 *     then one kernel does all numbers of rows
 */
public record Arithmetic(Matrices matrices, boolean deterministic) {
  /**
   * Kernels on matrix units, named without the format; empty where there are none. Weights in
   * single precision are never rounded.
   */
  public static Optional<String> kernel(Matrices matrices, DType format) {
    return switch (matrices) {
      case NONE -> Optional.empty();
      case HALF -> format == DType.F32 ? Optional.empty() : Optional.of("matmul_mma");
      case SINGLE -> Optional.of("matmul_simd");
    };
  }
}
