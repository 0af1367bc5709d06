package dev.gatun.testkit;

/** What a device's kernels do to activations; it decides the error bounds of the suite. */
public enum Precision {
  /** Single-precision arithmetic throughout, whatever the weights' format. */
  FLOAT,
  /**
   * Products with weights of a block format take activations rounded to 8 bits, in blocks of at
   * most 256 with one scale of at least half precision; everything else is single precision.
   */
  INT8_ACTIVATIONS
}
