package dev.gatun.cpuengine.kernel;

import dev.gatun.runtime.spi.WeightUse;
import dev.gatun.tensor.DType;
import java.util.Optional;
import java.util.Set;

/**
 * The arithmetic that a backend supplies to the CPU engine. Everything but {@link RowDecoder} is
 * stateless and thread-safe: workers call it at once for disjoint ranges.
 *
 * <p>Segments are native memory. Offsets are in bytes, counts in elements. Values are F32, little
 * endian, dense and row major unless a method says otherwise. Kernels that map x to y element by
 * element or row by row accept y equal to x. No kernel allocates.
 */
public interface KernelSet {
  /** What runs, for plans and profiles: {@code scalar}, {@code vector512}. */
  String name();

  /** Formats of constants that {@link #matMul} and {@link #rowDecoder} read. */
  Set<DType> weightFormats();

  /** What becomes of weights of a format, for plans. */
  default WeightUse weightUse(DType format) {
    return WeightUse.of(format, weightFormats());
  }

  /**
   * The kernel for products with a constant matrix.
   *
   * @param weights stored format of the matrix, one of {@link #weightFormats()}
   * @param n rows of the stored matrix
   * @param k length of a row
   */
  MatMulKernel matMul(DType weights, int n, int k);

  DenseMatMulKernel denseMatMul();

  ConvolutionKernel convolution();

  NormalizationKernels normalization();

  RotaryKernel rotary();

  ElementwiseKernels elementwise();

  SoftmaxKernel softmax();

  RowReductionKernel rowReduction();

  AttentionKernels attention();

  /**
   * Makes a decoder of rows of a stored matrix.
   *
   * @param stored one of {@link #weightFormats()}
   * @param elements elements of a row
   */
  RowDecoder rowDecoder(DType stored, int elements);

  /**
   * The same set where a row's product does not depend on how many rows X has: for results that are
   * the same in every batch.
   */
  default KernelSet deterministic() {
    return this;
  }

  /** Loops for rooflines, where the set has them. */
  default Optional<PeakKernels> peaks() {
    return Optional.empty();
  }
}
