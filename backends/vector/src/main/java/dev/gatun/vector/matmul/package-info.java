/**
 * Matrix products {@code Y = X W^T} on the Vector API.
 *
 * <p>Weights are packed in tiles of 32 rows with the rows interleaved, so that lanes are rows and
 * nothing is summed across lanes. One activation row streams the packed tiles; several go through a
 * tile that is decoded to F32 once and multiplied by register-blocked kernels.
 *
 * <p>Hot methods are written out flat: a helper that takes or returns a vector boxes it whenever
 * the compiler decides not to inline it, and is then hundreds of times slower.
 */
package dev.gatun.vector.matmul;
