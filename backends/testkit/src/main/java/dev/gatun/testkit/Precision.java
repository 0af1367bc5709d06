package dev.gatun.testkit;

import dev.gatun.tensor.DType;

/** What a device's kernels do to activations; it decides the error bounds of the suite. */
public enum Precision {
  /** Single-precision arithmetic throughout, whatever the weights' format. */
  FLOAT,
  /**
   * Products with weights of a block format take activations rounded to 8 bits, in blocks of at
   * most 256 with one scale of at least half precision; everything else is single precision.
   */
  INT8_ACTIVATIONS,
  /** The same, and products with weights in BF16 take activations rounded to BF16. */
  ROUNDED_ACTIVATIONS,
  /**
   * Products with weights of any format but F32 may take activations and weights rounded to half
   * precision; everything else is single precision.
   */
  HALF_PRODUCTS,
  /**
   * Half precision throughout: inputs, weights and every result are rounded to it. A case's own
   * bound is for single precision: here it is found by experiment, with noise of that size
   * everywhere.
   */
  HALF;

  /** Whether products with weights of a format take activations of 8 bits. */
  public boolean int8(DType weights) {
    return (this == INT8_ACTIVATIONS || this == ROUNDED_ACTIVATIONS) && weights.isBlocked();
  }

  /** Whether products with weights of a format take activations in BF16. */
  public boolean bf16(DType weights) {
    return this == ROUNDED_ACTIVATIONS && weights == DType.BF16;
  }

  /** Whether products with weights of a format take both in half precision. */
  public boolean half(DType weights) {
    return this == HALF_PRODUCTS && weights != DType.F32;
  }
}
