/** The shapes of vectors, and how kernels reach native memory. */
package dev.gatun.vector.simd;
